package shell

import (
	"encoding/json"
	"slices"
	"strings"

	"carriles/wasm/ui/i18n"
)

// Machine is what the header says of the host; zero values are unknown.
type Machine struct {
	Cores    int
	Features []string
	Version  string
}

// ParseMachine reads what it knows of the answers of /api/topology/ and
// /api/health/ and leaves out the rest.
func ParseMachine(topology, health string) Machine {
	type figure struct {
		Value int `json:"value"`
	}
	var t struct {
		Topology struct {
			CPU struct {
				Features []string `json:"features"`
			} `json:"cpu"`
			Cores struct {
				Physical figure `json:"physical"`
				Allowed  figure `json:"allowed"`
			} `json:"cores"`
		} `json:"topology"`
	}
	var h struct {
		Version string `json:"version"`
	}
	// An answer that is not as expected leaves its chips out: the header is no
	// place for an error.
	_ = json.Unmarshal([]byte(topology), &t)
	_ = json.Unmarshal([]byte(health), &h)
	cores := t.Topology.Cores
	m := Machine{Cores: cores.Physical.Value, Features: t.Topology.CPU.Features, Version: h.Version}
	if cores.Allowed.Value > 0 {
		m.Cores = cores.Allowed.Value
	}
	return m
}

// vectorSets are the vector instruction sets worth a chip, the widest first.
var vectorSets = []struct{ feature, title string }{
	{"avx512f", "AVX-512"}, {"avx2", "AVX2"}, {"avx", "AVX"}, {"neon", "NEON"}, {"sse4.2", "SSE4.2"}, {"sse2", "SSE2"},
}

// SIMD is the widest vector instruction set among the features.
func (m Machine) SIMD() string {
	for _, set := range vectorSets {
		if slices.Contains(m.Features, set.feature) {
			return set.title
		}
	}
	return ""
}

// Chips are the header's short facts.
func (m Machine) Chips(l i18n.Lang) string {
	var parts []string
	if m.Cores > 0 {
		parts = append(parts, l.Cores(m.Cores))
	}
	if simd := m.SIMD(); simd != "" {
		parts = append(parts, simd)
	}
	if m.Version != "" {
		parts = append(parts, m.Version)
	}
	return strings.Join(parts, " · ")
}
