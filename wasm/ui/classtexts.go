package ui

import (
	"maps"

	"carriles/filters"
)

// texts is everything that the page says of itself, by key.
var texts = joined(labTexts, classTexts)

// joined is one table of several.
func joined(tables ...map[string]filters.Text) map[string]filters.Text {
	all := map[string]filters.Text{}
	for _, t := range tables {
		maps.Copy(all, t)
	}
	return all
}

// classTexts is what the guide, the class and the join page say of themselves.
var classTexts = map[string]filters.Text{
	"nav.label": {ES: "Vistas", EN: "Views"},
	"nav.lab":   {ES: "Laboratorio", EN: "Laboratory"},
	"nav.guide": {ES: "Guía", EN: "Guide"},
	"nav.class": {ES: "Clase", EN: "Class"},

	"guide.title":    {ES: "Guía de la clase", EN: "The lesson's guide"},
	"guide.loading":  {ES: "Cargando la guía…", EN: "Loading the guide…"},
	"guide.steps":    {ES: "Pasos de la clase", EN: "The lesson's steps"},
	"guide.minutes":  {ES: "%d min", EN: "%d min"},
	"guide.step":     {ES: "Paso %d de %d · minutos %d a %d", EN: "Step %d of %d · minutes %d to %d"},
	"guide.keys":     {ES: "Teclado o mando: AvPág y RePág cambian de paso, Intro o la barra espaciadora miden.", EN: "Keyboard or clicker: PageDown and PageUp change the step, Enter or the space bar measures."},
	"guide.clock":    {ES: "Reloj de la clase", EN: "The lesson's clock"},
	"guide.of":       {ES: "\u00a0de %d min", EN: "\u00a0of %d min"},
	"guide.budget":   {ES: "Tiempo de este paso", EN: "Time of this step"},
	"guide.left":     {ES: "Quedan %d min para este paso", EN: "%d min left for this step"},
	"guide.late":     {ES: "Este paso va %d min tarde", EN: "This step is %d min late"},
	"guide.start":    {ES: "Empezar", EN: "Start"},
	"guide.pause":    {ES: "Pausa", EN: "Pause"},
	"guide.reset":    {ES: "A cero", EN: "Reset"},
	"guide.large":    {ES: "Proyector", EN: "Projector"},
	"guide.ask":      {ES: "Pregunta a la clase:", EN: "Ask the class:"},
	"guide.previous": {ES: "← Paso anterior", EN: "← Previous step"},
	"guide.next":     {ES: "Paso siguiente →", EN: "Next step →"},
	"guide.command":  {ES: "Orden %d", EN: "Command %d"},
	"guide.run":      {ES: "Ejecutar", EN: "Run"},
	"guide.answer":   {ES: "Respuesta del servidor", EN: "The server's answer"},
	"guide.answered": {ES: "El servidor ha respondido.", EN: "The server has answered."},
	"guide.expected": {ES: "La guía espera", EN: "The guide expects"},
	"guide.measured": {ES: "Medido aquí", EN: "Measured here"},

	"winner.none": {ES: "Empate", EN: "A tie"},
	"met.yes":     {ES: "✓ Lo medido coincide con la guía.", EN: "✓ What was measured agrees with the guide."},
	"met.no":      {ES: "✗ Lo medido contradice a la guía.", EN: "✗ What was measured contradicts the guide."},
	"met.open":    {ES: "≈ Las muestras no señalan a nadie: ni confirman ni desmienten.", EN: "≈ The samples name nobody: neither confirmed nor refuted."},
}
