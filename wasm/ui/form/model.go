package form

import (
	"carriles/executor/batch/request"
	"carriles/executor/batch/result"
	"carriles/wasm/ui/client"
	"carriles/wasm/ui/dom"
	"carriles/wasm/ui/i18n"
)

// keyUploads is where a browser remembers the pictures that it has sent.
const keyUploads = "carriles.uploads"

// Model is the form with what goes with it. Views share it by pointer.
type Model struct {
	Catalogue request.Catalogue
	Form      Form
	Rev       int // counts the form's changes
	Upload    Upload

	around Around
}

// Around is what a form needs of the page that it stands on.
type Around interface {
	Language() i18n.Lang
	Say(text string)
	Life() *client.Scope
	// Edited is told of each change, Submitted that the form is to be measured.
	Edited()
	Submitted()
}

// NewModel is the form as it starts, over the host's photographs and this
// browser's own.
func NewModel(around Around, cat request.Catalogue, images []result.ImageInfo) *Model {
	m := &Model{Catalogue: cat, Form: NewForm(cat, around.Language()), around: around}
	m.Form.SetCores(dom.BrowserCores())
	var own []result.ImageInfo
	dom.KeptIn(dom.ForGood, keyUploads, &own)
	m.Form.SetPhotos(images, own)
	return m
}

// Edit changes the form.
func (m *Model) Edit(change func(*Form)) {
	change(&m.Form)
	m.Rev++
	m.around.Edited()
}

// Respell writes the form's numbers as a language does.
func (m *Model) Respell(lang i18n.Lang) {
	m.Form.Respell(lang)
	m.Rev++
}

// Check is what the form stands for.
func (m *Model) Check() Checked { return m.Form.Check(m.Catalogue) }

func (m *Model) rememberUploads() { dom.KeepIn(dom.ForGood, keyUploads, m.Form.Own()) }
