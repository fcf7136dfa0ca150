package topology

import (
	"testing"
	"testing/fstest"
)

func TestSettings(t *testing.T) {
	file := func(text string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(text)} }
	var s Settings
	s.read(fstest.MapFS{
		"sys/kernel/mm/transparent_hugepage/enabled":                      file("always [madvise] never\n"),
		"sys/devices/system/clocksource/clocksource0/current_clocksource": file("kvm-clock\n"),
		"sys/devices/system/cpu/cpu0/cpufreq/scaling_governor":            file("\n"),
	})
	if want := (Settings{HugePages: "madvise", ClockSource: "kvm-clock", Governor: Unknown}); s != want {
		t.Errorf("%+v, want %+v", s, want)
	}
	s.read(fstest.MapFS{})
	if s.HugePages != Unknown || s.ClockSource != Unknown {
		t.Errorf("of nothing: %+v", s)
	}
	if s := ReadSettings(); s.Kernel == "" || s.HugePages == "" || s.Governor == "" || s.ClockSource == "" {
		t.Errorf("here: %+v", s)
	}
}
