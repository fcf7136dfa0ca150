package ui

// Speaker is who says something to screen readers, in a language.
type Speaker interface {
	Language() Lang
	Say(text string)
}

// Speak has an event of a session said, if it is news to who cannot see the page.
func Speak(to Speaker, s *Session, e Event) {
	if text, news := spoken(to.Language(), s, e); news {
		to.Say(text)
	}
}

// spoken is an event in words; news is false where there is nothing to say.
func spoken(l Lang, s *Session, e Event) (text string, news bool) {
	switch e.Kind {
	case RunSent:
		return l.T("run.sending"), true
	case RunMoved:
		said := spokenProgress(l, s.Run.View)
		return said, said != spokenProgress(l, e.Before)
	case RunFailed:
		return s.Run.Trouble.Sentence(l), true
	case RunCancelled:
		return l.T("run.cancelled"), true
	case RunTook:
		if s.Outcome.Sweep != nil {
			return l.In(s.Outcome.Sweep.Summary), true
		}
		return Headline(l, s.Outcome.Result), true
	case BrowserBegan:
		return MethodTitle(l, s.Browser.Method) + ": " + l.T("browser.started"), true
	case BrowserMoved:
		return browserPhase(l, s.Browser.Event), true
	case BrowserFailed:
		return l.T("error.browser"), true
	case BrowserCancelled:
		return l.T("browser.cancelled"), true
	case BrowserTook:
		for _, b := range s.Outcome.Browsers {
			if b.Result.Method == s.Browser.Method {
				return BrowserSentence(l, b.Result, s.Outcome.Result), true
			}
		}
	}
	return "", false
}
