package request

import (
	"slices"
	"strings"

	"carriles/executor/text"
)

// Words say what a field of a request is set to, as a part of a sentence: "8 workers",
// "through a pipe". The line over a verdict and the names of contestants are worded by
// it. A value is as a contestant's name has it: those of a list stand between pluses.
// Of a field that it does not know it says the field's name and the value.
func Words(field, value string) text.Text {
	if noun, ok := counted[field]; ok {
		which := noun[1]
		if value == "1" {
			which = noun[0]
		}
		return text.Text{ES: value + " " + which.ES, EN: value + " " + which.EN}
	}
	switch field {
	case "pool":
		switch value {
		case Cold:
			return text.Text{ES: "desde cero", EN: "from nothing"}
		case Warm:
			return text.Text{ES: "en marcha", EN: "running"}
		case Both:
			return text.Text{ES: "desde cero y en marcha", EN: "from nothing and running"}
		}
	case "source":
		switch value {
		case SourceHTTP:
			return text.Text{ES: "servidor lento", EN: "slow server"}
		case SourceFile:
			return text.Text{ES: "archivos del disco", EN: "files of the disk"}
		}
	case "transport":
		switch value {
		case TransportPath:
			return text.Text{ES: "viaja el nombre", EN: "the name travels"}
		case TransportPipe:
			return text.Text{ES: "los bytes por una tubería", EN: "the bytes through a pipe"}
		case TransportShm:
			return text.Text{ES: "los bytes en memoria compartida", EN: "the bytes in shared memory"}
		case TransportPixels:
			return text.Text{ES: "viajan los píxeles", EN: "the pixels travel"}
		}
	case "gil":
		return lockWords(strings.FieldsFunc(value, func(r rune) bool { return r == '+' }))
	case "engine":
		if value == EnginePure {
			return text.Text{ES: "en Python puro", EN: "in pure Python"}
		}
		return text.Sprintf("motor %s", "engine %s", value)
	case "latency_ms":
		return text.Sprintf("%s ms", "%s ms", value)
	case "filters":
		chain := strings.ReplaceAll(value, "+", " → ")
		return text.Text{ES: chain, EN: chain}
	case OverIntensity:
		return text.Text{ES: "intensidad " + strings.Replace(value, ".", ",", 1), EN: "intensity " + value}
	case "n": // measured in the same way once more
		return text.Sprintf("vez %s", "time %s", value)
	}
	return text.Text{ES: field + " " + value, EN: field + " " + value}
}

// counted are the fields that say how many of something there are: one, and several.
var counted = map[string][2]text.Text{
	"count":     {{ES: "imagen", EN: "image"}, {ES: "imágenes", EN: "images"}},
	"workers":   {{ES: "trabajador", EN: "worker"}, {ES: "trabajadores", EN: "workers"}},
	"processes": {{ES: "proceso", EN: "process"}, {ES: "procesos", EN: "processes"}},
	"threads":   {{ES: "hilo en cada uno", EN: "thread in each"}, {ES: "hilos en cada uno", EN: "threads in each"}},
	"devices":   {{ES: "dispositivo", EN: "device"}, {ES: "dispositivos", EN: "devices"}},
	"rounds":    {{ES: "ronda", EN: "round"}, {ES: "rondas", EN: "rounds"}},
}

// lockWords say which stages let the lock go, besides reading and writing.
func lockWords(stages []string) text.Text {
	all := ReleasingStages()
	var es, en []string
	for _, s := range all {
		if slices.Contains(stages, s.Name) {
			es, en = append(es, text.Lower(s.Title.ES)), append(en, text.Lower(s.Title.EN))
		}
	}
	switch len(es) {
	case 0:
		return text.Text{ES: "no sueltan el candado al calcular", EN: "hold the lock while they compute"}
	case len(all):
		return text.Text{ES: "sueltan el candado al calcular", EN: "let the lock go while they compute"}
	}
	return text.Text{ES: "sueltan el candado al " + strings.Join(es, ", "), EN: "let the lock go while they " + strings.Join(en, ", ")}
}
