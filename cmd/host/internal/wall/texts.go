package wall

import "carriles/executor/text"

// words is everything that the wall says of itself, by key. Verbs are those of fmt.
var words = map[string]text.Text{
	"title":       {ES: "Carriles: la pared", EN: "Carriles: the wall"},
	"join":        {ES: "Entre en la clase", EN: "Join the class"},
	"here":        {ES: "En clase: %[1]d", EN: "In class: %[1]d"},
	"paused":      {ES: "Mide solo quien presenta", EN: "Only the presenter measures"},
	"who":         {ES: "¿Quién gana, y por cuánto?", EN: "Who wins, and by how much?"},
	"predicted":   {ES: "%[1]d de %[2]d han predicho", EN: "%[1]d of %[2]d have predicted"},
	"waiting":     {ES: "Es la siguiente: empieza cuando acabe la medición en curso.", EN: "It is next: it starts when the run under way ends."},
	"measuring":   {ES: "Midiendo en el servidor…", EN: "Measuring on the server…"},
	"measured":    {ES: "Medido. ¿Quién ha ganado?", EN: "Measured. Who has won?"},
	"none":        {ES: "Ninguno se distingue", EN: "None stands out"},
	"guide":       {ES: "La guía espera", EN: "The guide expects"},
	"lab":         {ES: "Aquí, medido", EN: "Measured here"},
	"met.yes":     {ES: "Se cumple", EN: "It holds"},
	"met.no":      {ES: "No se cumple", EN: "It does not hold"},
	"met.open":    {ES: "Todavía no se puede decir", EN: "It cannot be told yet"},
	"votes":       {ES: "Lo que predijo la clase (%[1]d)", EN: "What the class predicted (%[1]d)"},
	"filters":     {ES: "Filtros", EN: "Filters"},
	"guide.short": {ES: "La guía", EN: "The guide"},
	"here.short":  {ES: "Carriles, aquí", EN: "Carriles, here"},
	"verdict":     {ES: "Veredicto", EN: "Verdict"},

	"turn.open":     {ES: "Cada grupo toma un valor", EN: "Each group takes a value"},
	"turn.measured": {ES: "El servidor mide los %[1]d valores, uno tras otro", EN: "The server measures the %[1]d values, one after the other"},
	"turn.browsers": {ES: "Ahora, cada teléfono el suyo", EN: "Now each phone its own"},
	"turn.group":    {ES: "en el grupo: %[1]d", EN: "in the group: %[1]d"},
	"turn.times":    {ES: "Navegadores medidos: %[1]d", EN: "Browsers measured: %[1]d"},
	"turn.line":     {ES: "La mitad de los navegadores tarda menos", EN: "Half of the browsers take less"},
	"turn.chart":    {ES: "En los navegadores (s), un Web Worker", EN: "In the browsers (s), one Web Worker"},

	"keys":             {ES: "Teclas", EN: "Keys"},
	"keys.lead":        {ES: "Espacio, Intro, AvPág", EN: "Space, Enter, Page Down"},
	"keys.lead.does":   {ES: "adelante, si la consola está en este navegador", EN: "on, if the console is in this browser"},
	"keys.back":        {ES: "RePág", EN: "Page Up"},
	"keys.back.does":   {ES: "un paso atrás", EN: "a step back"},
	"keys.arrows":      {ES: "← →", EN: "← →"},
	"keys.arrows.does": {ES: "cambiar de paso sin medir", EN: "change the step without measuring"},
	"keys.full":        {ES: "F", EN: "F"},
	"keys.full.does":   {ES: "pantalla completa", EN: "full screen"},
	"keys.lang":        {ES: "L", EN: "L"},
	"keys.lang.does":   {ES: "otro idioma", EN: "the other language"},
	"keys.help":        {ES: "?", EN: "?"},
	"keys.help.does":   {ES: "mostrar u ocultar estas teclas", EN: "show or hide these keys"},

	"browsers": {ES: "El mismo lote en %[1]d navegadores: de %[2]s a %[3]s", EN: "The same batch in %[1]d browsers: from %[2]s to %[3]s"},
}
