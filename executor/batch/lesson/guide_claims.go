package lesson

import (
	"carriles/executor/batch/request"
	"carriles/executor/batch/result"
	"carriles/executor/text"
)

// filesClaim is the guide's word on resize and blur.
func filesClaim() result.Expectation {
	return result.Expectation{
		Winner: request.Threading,
		Claim: text.Text{
			ES: "La guía dice: resize y blur son «I/O-bound», así que ganan los hilos.",
			EN: "The guide says: resize and blur are \"I/O-bound\", so threads win.",
		},
		Note: text.Text{
			ES: "Con las bibliotecas del curso ganan los hilos, pero no porque esperen: los archivos ya están en la memoria del sistema. Pillow suelta el GIL mientras calcula, y los hilos no pagan el arranque de los procesos.",
			EN: "With the course's libraries threads do win, but not because they wait: the files are in the system's memory already. Pillow lets the GIL go while it computes, and threads do not pay for starting processes.",
		},
	}
}

// computingClaim is the guide's word on sharpen and edges.
func computingClaim() result.Expectation {
	return result.Expectation{
		Winner: request.Multiprocessing,
		Claim:  computingText(),
		Note: text.Text{
			ES: "Medido con las bibliotecas del curso, ganan los hilos: OpenCV suelta el GIL mientras calcula. Sin un candado que los frene, a los procesos les queda pagar su arranque. Con threading-gil se ve cuándo la guía tiene razón.",
			EN: "Measured with the course's libraries, threads win: OpenCV lets the GIL go while it computes. With no lock to hold threads back, processes are left to pay for their start. With threading-gil you can see when the guide is right.",
		},
	}
}

// lockedClaim is the same where the only threads are those with a GIL.
func lockedClaim() result.Expectation {
	return result.Expectation{
		Winner: request.Multiprocessing,
		Claim:  computingText(),
		Note: text.Text{
			ES: "Aquí el motivo de la guía se cumple: con el GIL los hilos se turnan para calcular, y cada proceso tiene su propio GIL.",
			EN: "Here the guide's reason holds: with the GIL threads take turns to compute, and each process has a GIL of its own.",
		},
	}
}

func computingText() text.Text {
	return text.Text{
		ES: "La guía dice: sharpen y edges son «CPU-bound», así que ganan los procesos.",
		EN: "The guide says: sharpen and edges are \"CPU-bound\", so processes win.",
	}
}

// waitingClaim is the guide's rule where the images come from the slow server.
func waitingClaim() result.Expectation {
	return result.Expectation{
		Winner: request.Threading,
		Claim: text.Text{
			ES: "La guía dice: si el trabajo es esperar («I/O-bound»), ganan los hilos.",
			EN: "The guide says: where the work is to wait (\"I/O-bound\"), threads win.",
		},
		Note: text.Text{
			ES: "Este lote espera de verdad. Los procesos también esperan todos a la vez; la diferencia es lo que cuesta arrancarlos, y puede ser tan pequeña que salga un empate.",
			EN: "This batch really waits. Processes wait all at the same time too; the difference is what it costs to start them, and it may be so small that it is a tie.",
		},
	}
}
