// Package ui is the lab's page, as the list of its views. They stand in folders by
// subject, each of which needs only what is beneath it:
//
//	lab  guide  classroom    the views
//	form  results  shell     what is asked, what was measured, what is around it
//	measure                  the measuring, without a view
//	widget  client           small pieces; asking the host
//	i18n  dom                texts and numbers; the browser
//
// A new view is a folder, its line in Views and its texts.
//
// The packages compile for the host too, which prerenders a light shell of the
// page with them. They never compute an image: the host does, or the page's Web
// Workers.
package ui
