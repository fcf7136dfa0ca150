package draw

import "carriles/executor/text"

// KeyHelp is a key, or several that do the same, and what it does.
type KeyHelp struct{ Key, Does string }

// keys are those that lead a lesson, on the console and on the wall.
var keys = []struct{ key, does text.Text }{
	{text.Text{ES: "Espacio, Intro, AvPág", EN: "Space, Enter, Page Down"}, text.Text{ES: "adelante: preguntar, medir, revelar, paso siguiente", EN: "on: ask, measure, reveal, next step"}},
	{text.Text{ES: "RePág", EN: "Page Up"}, text.Text{ES: "un paso atrás", EN: "a step back"}},
	{text.Text{ES: "← →", EN: "← →"}, text.Text{ES: "cambiar de paso sin medir", EN: "change the step without measuring"}},
	{text.Text{ES: "F y L, en la pared", EN: "F and L, on the wall"}, text.Text{ES: "pantalla completa; otro idioma", EN: "full screen; the other language"}},
	{text.Text{ES: "?", EN: "?"}, text.Text{ES: "mostrar u ocultar estas teclas", EN: "show or hide these keys"}},
}

var (
	keysTitle = text.Text{ES: "Teclas", EN: "Keys"}
	keysNote  = text.Text{ES: "La pared las pasa a la consola, si está en el mismo navegador.", EN: "The wall hands them to the console, if that is in the same browser."}
)

// Keys lists the keys that lead a lesson, with a title, and a note for the wall.
func Keys(lang string) (title, note string, list []KeyHelp) {
	for _, k := range keys {
		list = append(list, KeyHelp{k.key.In(lang), k.does.In(lang)})
	}
	return keysTitle.In(lang), keysNote.In(lang), list
}
