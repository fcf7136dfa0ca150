package main

import (
	"bytes"

	"github.com/yuin/goldmark"
)

// printed is a lesson's Markdown as a page for a printer: two columns of small type, so
// that it is one sheet.
func printed(lang string, markdown []byte) []byte {
	var b bytes.Buffer
	b.WriteString(`<!doctype html>
<html lang="` + lang + `">
<meta charset="utf-8">
<title>Carriles</title>
<style>
@page { size: A4; margin: 9mm 10mm; }
body { margin: 0; font: 7pt/1.2 "Liberation Sans", Arial, Helvetica, sans-serif; columns: 2; column-gap: 6mm; column-fill: auto; }
@media screen { body { max-width: 60em; margin: 2em auto; font-size: 11pt; columns: 1; } }
h1 { margin: 0 0 1mm; font-size: 1.9em; line-height: 1.1; }
h2 { margin: 2mm 0 .7mm; font-size: 1.4em; border-bottom: .3mm solid; }
h3 { margin: 1.6mm 0 .5mm; font-size: 1.1em; }
h2, h3 { break-after: avoid; }
p { margin: .5mm 0; }
ul { margin: .5mm 0; padding-left: 3mm; }
li { break-inside: avoid; }
code { font: .85em/1.15 "Liberation Mono", monospace; overflow-wrap: anywhere; }
</style>
`)
	if err := goldmark.Convert(markdown, &b); err != nil {
		panic(err) // a buffer takes everything
	}
	return b.Bytes()
}
