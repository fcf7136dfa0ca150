package results

import (
	"carriles/wasm/ui/i18n"
	"carriles/wasm/ui/measure"
)

// Speaker is who says something to screen readers, in a language.
type Speaker interface {
	Language() i18n.Lang
	Say(text string)
}

// Speak has an event of a session said, if it is news to who cannot see the page.
func Speak(to Speaker, s *measure.Session, e measure.Event) {
	if text, news := spoken(to.Language(), s, e); news {
		to.Say(text)
	}
}

// spoken is an event in words; news is false where there is nothing to say.
func spoken(l i18n.Lang, s *measure.Session, e measure.Event) (text string, news bool) {
	switch e.Kind {
	case measure.RunSent:
		return l.T("run.sending"), true
	case measure.RunMoved:
		said := spokenProgress(l, s.Run.View)
		return said, said != spokenProgress(l, e.Before)
	case measure.RunFailed:
		return s.Run.Trouble.Sentence(l), true
	case measure.RunCancelled:
		return l.T("run.cancelled"), true
	case measure.RunTook:
		if s.Outcome.Sweep != nil {
			return l.In(s.Outcome.Sweep.Summary), true
		}
		return Headline(l, s.Outcome.Result), true
	case measure.BrowserBegan:
		return i18n.MethodTitle(l, s.Browser.Method) + ": " + l.T("browser.started"), true
	case measure.BrowserMoved:
		return browserPhase(l, s.Browser.Event), true
	case measure.BrowserFailed:
		return l.T("error.browser"), true
	case measure.BrowserCancelled:
		return l.T("browser.cancelled"), true
	case measure.BrowserTook:
		for _, b := range s.Outcome.Browsers {
			if b.Result.Method == s.Browser.Method {
				return BrowserSentence(l, b.Result, s.Outcome.Result), true
			}
		}
	}
	return "", false
}
