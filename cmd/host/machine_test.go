package main

import (
	"strings"
	"testing"

	"carriles/executor/topology"
)

// What the cores give is measured before a comparison, told with it, and remembered.
func TestCeiling(t *testing.T) {
	s := start(t, smallPhotos(t), "-ceiling")
	if newMachine("").Cores() < 2 {
		t.Skip("one core gives what it gives")
	}
	const body = `{"filters":["sharpen"],"count":2,"rounds":1,"methods":["sequential","threading"]}`
	alone := s.post("/api/process-batch/threading/", `{"filters":["sharpen"],"count":1}`, 200)
	if alone.at("environment.ceiling") != nil {
		t.Error("measured before a single method")
	}
	first := s.post("/api/process-batch/compare-all/", body, 200)
	if c := object(first.at("environment.ceiling").(map[string]any)); int(c.number("lanes")) != newMachine("").Cores() || c.number("arithmetic") <= 0 || c.number("memory") <= 0 {
		t.Errorf("%v", c)
	}
	if first.at("results.threading.of_ceiling") == nil || first.text("performance.ceiling.en") == "" {
		t.Errorf("%v", first.at("performance.ceiling"))
	}
	again := s.post("/api/process-batch/compare-all/", body, 200)
	// It holds, unless the cores gave less meanwhile than the run that came after.
	beaten := first.number("results.threading.of_ceiling") > 1.05
	if a, b := first.text("environment.ceiling.measured_at"), again.text("environment.ceiling.measured_at"); (a != b) != beaten {
		t.Errorf("measured at %s and then at %s; beaten: %v", a, b, beaten)
	}
}

func TestReasonSaysWhatLimitsThePool(t *testing.T) {
	cases := []struct {
		pool   topology.Pool
		es, en string
	}{
		{topology.Pool{Workers: 4, LimitedBy: topology.LimitCores}, "4: los núcleos físicos", "4: the machine's physical cores"},
		{topology.Pool{Workers: 3, LimitedBy: topology.LimitAffinity}, "3: los procesadores que este proceso", "3: the processors that this process"},
		{
			topology.Pool{Workers: 2, LimitedBy: topology.LimitQuota, Quota: topology.Quota{State: topology.QuotaLimited, CPUs: 1.5}},
			"2: la cuota del contenedor es de 1.5", "2: the container's quota is 1.5",
		},
		{
			topology.Pool{Workers: 1, LimitedBy: topology.LimitMemory, MemoryBytes: 200 << 20},
			"1: la memoria es de 200 MiB, y un trabajador necesita 950", "1: the memory is 200 MiB, and a worker needs 950",
		},
		{topology.Pool{Workers: 8, LimitedBy: topology.LimitOS}, "8: los procesadores que dice", "8: the processors that the operating system"},
	}
	for _, c := range cases {
		got := machine{pool: c.pool}.reason()
		if !strings.HasPrefix(got.ES, c.es) || !strings.HasPrefix(got.EN, c.en) {
			t.Errorf("%s: %+v", c.pool.LimitedBy, got)
		}
	}
}

func TestEnvironmentSaysWhatItKnows(t *testing.T) {
	m := newMachine("v1")
	e := m.Environment("bild")
	if e.Version != "v1" || e.Engine != "bild" || e.CoresUsed != m.Cores() || e.CoresUsed < 1 || e.GOGC == "" {
		t.Errorf("environment %+v", e)
	}
	for quota, want := range map[topology.Quota]string{
		{State: topology.QuotaNone}:                  "none",
		{State: topology.QuotaUnknown}:               "unknown",
		{State: topology.QuotaLimited, CPUs: 0.5}:    "0.5",
		{State: topology.QuotaLimited, CPUs: 2.0000}: "2",
	} {
		if got := quotaText(quota); got != want {
			t.Errorf("%+v is written %q, want %q", quota, got, want)
		}
	}
}
