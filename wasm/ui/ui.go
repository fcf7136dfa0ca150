// Package ui is the lab's page, as the list of its views. They stand in folders by
// subject, each of which needs only what is beneath it:
//
//	lab  guide  classroom  waiting    the views
//	form  results  shell              what is asked, what was measured, what is around it
//	measure                           the measuring, without a view
//	widget  client                    small pieces; asking the host
//	i18n  dom                         texts and numbers; the browser
//
// A new view is a folder, its line in Views and its texts.
//
// The packages compile for the host too, which prerenders a light shell of the
// page with them. They never compute an image: the host does, or the page's Web
// Workers.
package ui

import (
	"carriles/wasm/ui/classroom"
	"carriles/wasm/ui/guide"
	"carriles/wasm/ui/lab"
	"carriles/wasm/ui/shell"
	"carriles/wasm/ui/waiting"
)

// Views are the page's views, in the order of the header's links. This is the one
// place that names them all.
func Views() []shell.View {
	return []shell.View{
		{Path: "/", Nav: "nav.lab", New: lab.New},
		{Path: "/guide", Title: "guide.title", Nav: "nav.guide", New: guide.New},
		{Path: "/waiting", Title: "waiting.title", Nav: "nav.waiting", New: waiting.New},
		{Path: "/class", Title: "class.title", Nav: "nav.class", New: classroom.NewClass},
	}
}

func Routes() { shell.Register(Views()) }
