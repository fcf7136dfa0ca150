package class

import (
	"strings"

	"carriles/executor/batch"
	"carriles/filters"
)

func outOfRange(field string, allowed filters.Text) batch.Fault {
	return batch.Fault{
		Code: batch.CodeOutOfRange, Field: field, Allowed: allowed,
		Text: batch.Textf("«%s» no vale", "%q is not valid", field),
	}
}

func between(low, high int) filters.Text {
	return batch.Textf("de %d a %d", "from %d to %d", low, high)
}

func join(names []string) string { return strings.Join(names, ", ") }

func noStep(step string) error {
	return batch.Errorf(batch.CodeNotFound, "la lección no tiene el paso «%s»", "the lesson has no step %q", step)
}

func notOpen() error {
	return batch.Errorf(batch.CodeNotOpen, "la pregunta no admite eso ahora", "the question does not take that now")
}

func notJoined() error {
	return batch.Errorf(batch.CodeNotJoined, "este navegador no está en la clase: debe entrar otra vez", "this browser is not in the class: it must join again")
}

func tooManyAnswers() error {
	return batch.Errorf(batch.CodeBusy, "la pregunta tiene ya demasiadas respuestas", "the question has too many answers already")
}

func tooOften() error {
	return batch.Errorf(batch.CodeBusy, "demasiadas peticiones seguidas desde aquí", "too many requests in a row from here")
}
