package analysis

import (
	"fmt"
	"strings"

	"carriles/executor/batch/request"
	"carriles/executor/batch/result"
	"carriles/executor/text"
)

// Beside sets a browser beside a method of the host's, of which both are running: the
// same batch, in rounds of which the nth of each belong together.
type Beside struct {
	// Whole is the verdict on the times: its A is the method, and its Ratio how many
	// times as long the browser takes.
	Whole result.Verdict
	// Stages are verdicts on the seconds that all lanes were in a stage, of those that
	// both have: the browser reads and writes no file.
	Stages []StageBeside
	// FilesS is how many seconds of a round the method read and wrote, its median.
	FilesS float64
}

// StageBeside is the verdict on one stage, by its name in the JSON.
type StageBeside struct {
	Stage   string
	Verdict result.Verdict
}

// BesideOf sets rounds of a browser's method beside those of one of the host's, as far
// as there are as many of both; warm-up rounds are left out.
func BesideOf(method, browser string, host, own []result.Round) Beside {
	host, own = counted(host), counted(own)
	n := min(len(host), len(own))
	host, own = host[:n], own[:n]
	of := func(seconds func(result.Round) float64) result.Verdict {
		return Compare([]string{method, browser}, map[string][]float64{method: each(host, seconds), browser: each(own, seconds)})[0]
	}
	b := Beside{Whole: of(func(r result.Round) float64 { return r.Seconds })}
	stages := result.PipelineStages()
	for i := 1; i < len(stages)-1; i++ { // without reading and writing
		v := of(func(r result.Round) float64 { return r.Stages.List()[i] })
		if v.Rounds > 0 {
			b.Stages = append(b.Stages, StageBeside{stages[i], v})
		}
	}
	b.FilesS = SpreadOf(each(host, func(r result.Round) float64 { return r.Stages.Read + r.Stages.Write })).Median
	return b
}

func counted(rounds []result.Round) []result.Round {
	var list []result.Round
	for _, r := range rounds {
		if !r.Warmup {
			list = append(list, r)
		}
	}
	return list
}

func each(rounds []result.Round, of func(result.Round) float64) []float64 {
	list := make([]float64, len(rounds))
	for i, r := range rounds {
		list[i] = of(r)
	}
	return list
}

// Text says how many times as long the browser takes, on the whole and by stages, with
// the intervals where rounds carry them; empty without any rounds. inTurns is that the
// rounds of the two alternated on one machine.
func (b Beside) Text(inTurns bool) text.Text {
	if b.Whole.Rounds == 0 {
		return text.Text{}
	}
	say := func(format, lang, way string) string {
		s := fmt.Sprintf(format, number(lang, b.Whole.Ratio), request.Described(b.Whole.A).Subject.In(lang), interval(lang, b.Whole), b.Whole.Rounds, way)
		var parts []string
		for _, stage := range b.Stages {
			parts = append(parts, result.StageTitle(stage.Stage).In(lang)+" "+number(lang, stage.Verdict.Ratio)+interval(lang, stage.Verdict))
		}
		if len(parts) > 0 {
			s += map[string]string{"es": " Por etapas: ", "en": " By stages: "}[lang] + strings.Join(parts, "; ") + "."
		}
		return s
	}
	way := text.Text{ES: "una después de otra", EN: "one after the other"}
	if inTurns {
		way = text.Text{ES: "por turnos con las del servidor", EN: "in turns with the server's"}
	}
	return text.Text{
		ES: say("En marcha los dos, este navegador tarda %s veces lo que %s%s; rondas: %d, %s.", "es", way.ES),
		EN: say("With both running, this browser needs %s times as long as %s%s; rounds: %d, %s.", "en", way.EN),
	}
}

// Without says what is not in the figures.
func (b Beside) Without() text.Text {
	return text.Text{
		ES: "Arrancar no está en ninguno de los dos tiempos; leer y escribir archivos, solo en el del servidor (" + text.Number("es", b.FilesS, 3) + " s): el navegador ya tiene las fotografías en memoria.",
		EN: "Starting is in neither time; reading and writing files is in the server's only (" + text.Number("en", b.FilesS, 3) + " s): the browser has its photographs in memory.",
	}
}
