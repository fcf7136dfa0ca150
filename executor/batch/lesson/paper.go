package lesson

import (
	"fmt"
	"strings"

	"carriles/executor/text"
)

// Paper is the lesson for who teaches it, to be printed: what to prepare, minute by
// minute what is done and what each outcome means, the likely questions, and what to do
// when something fails. It is Markdown, and the same every time.
func Paper(lang string) string {
	g := Guide()
	say := func(es, en string, args ...any) string { return text.Sprintf(es, en, args...).In(lang) }
	in := func(t text.Text) string { return t.In(lang) }
	var b strings.Builder
	heading := func(s string) { fmt.Fprintf(&b, "\n## %s\n\n", s) }
	fmt.Fprintf(&b, "# %s\n\n", in(g.Title))
	b.WriteString(say(
		"%[1]d minutos, llevados con una tecla: la barra espaciadora o el mando preguntan, miden, revelan y pasan al paso siguiente; RePág vuelve; «?» muestra las teclas. Esta hoja se hace con la clase misma (`go run ./docs/paper`).",
		"%[1]d minutes, led by one key: the space bar or a clicker asks, measures, reveals and goes on to the next step; Page Up goes back; “?” shows the keys. This paper is made from the lesson itself (`go run ./docs/paper`).",
		g.Minutes) + "\n")
	heading(say("Antes", "Before"))
	for _, p := range Preparation() {
		fmt.Fprintf(&b, "- %s\n", in(p))
	}
	heading(say("Minuto a minuto", "Minute by minute"))
	for _, s := range g.Steps {
		fmt.Fprintf(&b, "### %d–%d · %s\n\n%s\n\n", s.FromMinute, s.FromMinute+s.Minutes, in(s.Title), in(s.Say))
		if ask := in(s.Ask); ask != "" {
			fmt.Fprintf(&b, "**%s** %s\n\n", say("Pregunta:", "Ask:"), ask)
		}
		for _, c := range s.Commands {
			b.WriteString("- `" + c.line() + "`")
			switch {
			case c.Predict:
				b.WriteString(say(" — la clase predice antes", " — the class predicts before"))
			case c.Optional:
				b.WriteString(say(" — si sobra tiempo", " — if there is time"))
			case c.Needs == NeedsPython:
				b.WriteString(say(" — si están las bibliotecas de Python", " — where Python's libraries are"))
			}
			b.WriteString("\n")
		}
		if len(s.Outcomes) > 0 {
			b.WriteString("\n")
		}
		for _, o := range s.Outcomes {
			fmt.Fprintf(&b, "- *%s.* %s\n", in(o.If), in(o.Say))
		}
		b.WriteString("\n")
	}
	for _, part := range []struct {
		title string
		all   []Advice
	}{
		{say("Preguntas probables", "Likely questions"), Likely()},
		{say("Si algo falla", "If something fails"), Failing()},
	} {
		fmt.Fprintf(&b, "## %s\n\n", part.title)
		for _, a := range part.all {
			fmt.Fprintf(&b, "- **%s** %s\n", in(a.About), in(a.Say))
		}
		b.WriteString("\n")
	}
	return strings.TrimRight(b.String(), "\n") + "\n"
}

// line is a command in short: what it asks for, without curl.
func (c Command) line() string {
	if c.Shell != "" {
		return c.Shell
	}
	return strings.TrimSpace(c.Method + " " + c.Path + " " + c.Body)
}
