package wall

import "carriles/executor/text"

// words is everything that the wall says of itself, by key. Verbs are those of fmt.
var words = map[string]text.Text{
	"title":     {ES: "Carriles: la pared", EN: "Carriles: the wall"},
	"join":      {ES: "Entre en la clase", EN: "Join the class"},
	"here":      {ES: "En clase: %[1]d", EN: "In class: %[1]d"},
	"paused":    {ES: "Mide solo quien presenta", EN: "Only the presenter measures"},
	"who":       {ES: "¿Quién gana, y por cuánto?", EN: "Who wins, and by how much?"},
	"predicted": {ES: "%[1]d de %[2]d han predicho", EN: "%[1]d of %[2]d have predicted"},
	"waiting":   {ES: "Es la siguiente: empieza cuando acabe la medición en curso.", EN: "It is next: it starts when the run under way ends."},
	"measuring": {ES: "Midiendo en el servidor…", EN: "Measuring on the server…"},
	"measured":  {ES: "Medido. ¿Quién ha ganado?", EN: "Measured. Who has won?"},
	"none":      {ES: "Ninguno se distingue", EN: "None stands out"},
	"guide":     {ES: "La guía espera", EN: "The guide expects"},
	"lab":       {ES: "Aquí, medido", EN: "Measured here"},
	"met.yes":   {ES: "Se cumple", EN: "It holds"},
	"met.no":    {ES: "No se cumple", EN: "It does not hold"},
	"met.open":  {ES: "Todavía no se puede decir", EN: "It cannot be told yet"},
	"votes":     {ES: "Lo que predijo la clase (%[1]d)", EN: "What the class predicted (%[1]d)"},
	"browsers":  {ES: "El mismo lote en %[1]d navegadores: de %[2]s a %[3]s", EN: "The same batch in %[1]d browsers: from %[2]s to %[3]s"},
}
