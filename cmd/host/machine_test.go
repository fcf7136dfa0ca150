package main

import (
	"strings"
	"testing"

	"carriles/executor/topology"
)

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
