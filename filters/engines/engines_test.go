package engines

import (
	"testing"

	"carriles/filters"
)

// Each engine that the catalogue names has its code, and a kernel for each
// filter that it is not said to lack.
func TestAll(t *testing.T) {
	all, named := All(), filters.Engines()
	if len(all) != len(named) {
		t.Fatalf("%d engines, %d are named", len(all), len(named))
	}
	for i, e := range all {
		if e.Name != named[i].Name {
			t.Errorf("engine %d is %s, and named %s", i, e.Name, named[i].Name)
		}
		for _, f := range filters.All() {
			_, lacks := named[i].Lacks[f.Name]
			if has := e.Kernel(f) != nil; has == lacks {
				t.Errorf("%s: has %s: %v, said to lack it: %v", e.Name, f.Name, has, lacks)
			}
		}
	}
}
