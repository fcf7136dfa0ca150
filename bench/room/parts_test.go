package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	gotoken "go/token"
	"go/types"
	"testing"
)

// What stands for the queue in a program without it has all that the queue offers, as the
// bench builds the host with it. A build would tell too, in a minute.
func TestWhatStandsForTheQueue(t *testing.T) {
	stands, offers := declared(t, "noQueue.go", noQueue), declared(t, "../../cmd/host/internal/queue/queue.go", nil)
	if len(offers) < 10 {
		t.Errorf("the queue offers only %v", offers)
	}
	for name, as := range offers {
		if stands[name] != as {
			t.Errorf("%s is %q, and %q in what stands for it", name, as, stands[name])
		}
	}
}

// declared are the exported names of a file: functions and methods with the types of what
// they take and give, interfaces with their methods.
func declared(t *testing.T, name string, source any) map[string]string {
	t.Helper()
	f, err := parser.ParseFile(gotoken.NewFileSet(), name, source, 0)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for _, d := range f.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			if full := d.Name.Name; d.Name.IsExported() {
				if d.Recv != nil {
					full = types.ExprString(d.Recv.List[0].Type) + "." + full
				}
				out[full] = signature(d.Type)
			}
		case *ast.GenDecl:
			for _, s := range d.Specs {
				switch s := s.(type) {
				case *ast.ValueSpec:
					for _, n := range s.Names {
						out[n.Name] = d.Tok.String()
					}
				case *ast.TypeSpec:
					out[s.Name.Name] = d.Tok.String()
					if i, ok := s.Type.(*ast.InterfaceType); ok {
						for _, m := range i.Methods.List {
							out[s.Name.Name+"."+m.Names[0].Name] = signature(m.Type.(*ast.FuncType))
						}
					}
				}
			}
		}
	}
	for name := range out {
		if !ast.IsExported(name) && name[0] != '*' || name[0] == '*' && !ast.IsExported(name[1:]) {
			delete(out, name)
		}
	}
	return out
}

func signature(f *ast.FuncType) string {
	list := func(fields *ast.FieldList) (all []string) {
		if fields == nil {
			return nil
		}
		for _, field := range fields.List {
			for range max(1, len(field.Names)) {
				all = append(all, types.ExprString(field.Type))
			}
		}
		return all
	}
	return fmt.Sprint("func", list(f.Params), list(f.Results))
}
