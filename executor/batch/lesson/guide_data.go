// Package lesson is the course's lesson: its steps with the guide's commands
// word for word, what the guide claims of a batch, and what is to be said of
// those claims.
//
// It measures nothing: whether a claim was met follows from a comparison's
// winner.
package lesson

import (
	"strings"

	"carriles/executor/batch/request"
	"carriles/executor/batch/result"
	"carriles/executor/text"
)

// The bodies of the course's guide, word for word.
const (
	guideResizeBlur        = `{"filters": ["resize", "blur"], "filter_params": {"resize": {"width": 800, "height": 600}, "blur": {"radius": 3.0}}}`
	guideSharpen           = `{"filters": ["sharpen"], "filter_params": {"sharpen": {"intensity": 3}}}`
	guideResizeSharpen     = `{"filters": ["resize", "sharpen"], "filter_params": {"resize": {"width": 800, "height": 600}, "sharpen": {"intensity": 2}}}`
	guideEdges             = `{"filters": ["edges"], "filter_params": {"edges": {"threshold1": 50, "threshold2": 150}}}`
	guideResizeBlurSharpen = `{"filters": ["resize", "blur", "sharpen"], "filter_params": {"resize": {"width": 800, "height": 600}, "blur": {"radius": 2.0}, "sharpen": {"intensity": 3}}}`
)

// resized is what the costs are shown with: little to compute, and whole photographs
// to carry.
const resized = `"filters": ["resize"], "filter_params": {"resize": {"width": 800, "height": 600}}`

// Guide is the lesson of 45 minutes in the order of its effects, with the guide's
// commands and those that show what its claims rest on. Times and sentences are
// ours; no sentence tells an outcome before it was measured.
func Guide() Lesson {
	g := Lesson{
		Title: text.Text{ES: "Hilos o procesos: ¿cuándo cada uno?", EN: "Threads or processes: when which?"},
		Steps: lessonSteps(),
	}
	for i := range g.Steps {
		g.Steps[i].FromMinute = g.Minutes
		g.Minutes += g.Steps[i].Minutes
	}
	return g
}

func lessonSteps() []Step {
	return []Step{
		{
			ID: "intro", Minutes: 2,
			Title: text.Text{ES: "Recordamos el día 1", EN: "Day 1 once more"},
			Say: text.Text{
				ES: "El primer día hicimos esperar a un servidor de imágenes: mientras una petición esperaba, otra avanzaba. Eso es concurrencia, tener varias cosas en marcha. Paralelismo es otra cosa: calcular varias a la vez. Hoy medimos las dos con las mismas fotografías, los mismos filtros y el mismo programa; solo cambia cómo se reparte el trabajo. No creemos nada de antemano, tampoco lo que dice la guía del curso. Primero, veamos si el laboratorio responde.",
				EN: "On the first day we made an image server wait: while one request waited, another went on. That is concurrency, having several things under way. Parallelism is something else: computing several at the same time. Today we measure both with the same photographs, the same filters and the same program; only how the work is shared out changes. We take nothing on trust, not even what the course's guide says. First, let us see whether the lab answers.",
			},
			Ask: text.Text{
				ES: "Si una máquina tiene dos núcleos, ¿tarda siempre la mitad?",
				EN: "If a machine has two cores, does it always take half the time?",
			},
			Commands: []Command{
				get("/api/health/"),
				get("/api/image/info/").optional(),
			},
		},
		{
			ID: "words", Minutes: 4,
			Title: text.Text{ES: "Hilo, proceso, candado", EN: "Thread, process, lock"},
			Say: text.Text{
				ES: "Un proceso es un programa en marcha, con su propia memoria. Un hilo es un camino dentro de un proceso, y comparte la memoria con los demás hilos. Compartir es barato, pero hay que ponerse de acuerdo. Separar es seguro, pero se pagan el arranque y el transporte. El GIL de Python es un candado: de los hilos de un proceso, solo el que lo tiene ejecuta Python. Y un trabajo puede esperar (la guía dice «I/O-bound») o calcular («CPU-bound»). Aquí los hilos son goroutines, que Go reparte entre hilos del sistema, y no tienen candado si no se lo ponemos.",
				EN: "A process is a running program, with memory of its own. A thread is a path inside a process, and shares that memory with the other threads. Sharing is cheap, but threads must agree with each other. Being separate is safe, but the start and the transport have to be paid for. Python's GIL is a lock: of the threads of a process, only the one that holds it runs Python. And a task can wait (the guide says \"I/O-bound\") or compute (\"CPU-bound\"). Here threads are goroutines, which Go spreads over threads of the system, and they have no lock unless we give them one.",
			},
			Ask: text.Text{
				ES: "¿Cuántos trabajadores convienen en esta máquina?",
				EN: "How many workers suit this machine?",
			},
			Commands: []Command{
				get("/api/topology/"),
			},
		},
		{
			ID: "waiting", Minutes: 6,
			Title: text.Text{ES: "Un lote que espera de verdad", EN: "A batch that really waits"},
			Say: text.Text{
				ES: "Cada fotografía llega de un servidor que tarda 160 milisegundos en contestar. Son ocho fotografías y ocho trabajadores, haya los núcleos que haya. Después, la primera demostración de la guía, resize y blur con los archivos del disco: la guía los llama «I/O-bound». Comparen en los carriles cuánto es esperar, cuánto es leer y escribir, y cuánto es calcular.",
				EN: "Each photograph comes from a server that takes 160 milliseconds to answer. There are eight photographs and eight workers, however many cores there are. Then the guide's first demonstration, resize and blur with the files from the disk: the guide calls them \"I/O-bound\". Compare in the lanes how much is waiting, how much is reading and writing, and how much is computing.",
			},
			Ask: text.Text{
				ES: "Si casi todo es esperar, ¿de qué sirve tener más trabajadores que núcleos?",
				EN: "If nearly all of it is waiting, what are more workers than cores good for?",
			},
			Outcomes: []Outcome{
				{
					If: text.Text{ES: "Los hilos son varias veces más rápidos que el modo secuencial", EN: "Threads are several times as fast as sequential"},
					Say: text.Text{
						ES: "Mientras uno espera, los demás también esperan, pero a la vez. Hasta los hilos con GIL pueden: quien espera suelta el candado. ¿Cómo saber si mi tarea espera? Mirando si al procesador le sobra tiempo.",
						EN: "While one waits the others wait too, but at the same time. Even threads with a GIL can: whoever waits lets the lock go. How do I know whether my task waits? By looking whether the processor has time to spare.",
					},
				},
				{
					If: text.Text{ES: "No hay tanta diferencia", EN: "There is not that much of a difference"},
					Say: text.Text{
						ES: "Entonces aquí calcular pesa tanto como esperar: mire en los carriles qué parte es leer. Con más latencia, o con imágenes más pequeñas, la espera decide.",
						EN: "Then computing weighs as much as waiting here: look in the lanes at how much is reading. With more latency, or smaller images, the waiting decides.",
					},
				},
				{
					If: text.Text{ES: "No se distingue quién gana", EN: "It cannot be told who wins"},
					Say: text.Text{
						ES: "Hilos y procesos pueden esperar todos a la vez; si se distinguen, es por lo poco que calculan después. Más rondas lo dirían.",
						EN: "Threads and processes can all wait at the same time; what tells them apart, if anything, is the little that they compute afterwards. More rounds would tell.",
					},
				},
			},
			Commands: []Command{
				post("/api/process-batch/compare-all/", `{"filters": ["resize"], "count": 8, "workers": 8, "pool": "warm", "rounds": 3, "source": "http", "latency_ms": 160, "methods": ["sequential", "threading", "threading-gil", "multiprocessing"]}`).expecting(waitingClaim()).predicted(),
				post("/api/process-batch/compare/", guideResizeBlur).expecting(filesClaim()),
			},
		},
		{
			ID: "gil", Minutes: 7,
			Title: text.Text{ES: "Con el candado puesto: el GIL", EN: "With the lock on: the GIL"},
			Say: text.Text{
				ES: "Ahora, calcular: sharpen. threading-gil son los mismos hilos con un candado, como el de Python puro: solo uno calcula a la vez, y lo suelta para leer y escribir. Cada proceso tiene su propio candado. La guía dice que sharpen gasta procesador y que por eso ganan los procesos: aquí se dan las condiciones de su motivo.",
				EN: "Now computing: sharpen. threading-gil is the same threads with a lock, as in pure Python: only one computes at a time, and lets it go to read and write. Each process has a lock of its own. The guide says that sharpen needs the processor and that processes win for that reason: here are the conditions of its reason.",
			},
			Ask: text.Text{
				ES: "Si solo un hilo puede calcular a la vez, ¿de qué sirven los demás?",
				EN: "If only one thread can compute at a time, what are the others good for?",
			},
			Outcomes: []Outcome{
				{
					If: text.Text{ES: "Ganan los procesos", EN: "Processes win"},
					Say: text.Text{
						ES: "El motivo de la guía se ve: los hilos se turnan por el candado, y los procesos no. ¿Cuándo ganan los procesos? Cuando se calcula con un candado y hay núcleos libres.",
						EN: "The guide's reason can be seen: threads take turns for the lock, and processes do not. When do processes win? When one computes under a lock and there are cores to spare.",
					},
				},
				{
					If: text.Text{ES: "No ganan los procesos", EN: "Processes do not win"},
					Say: text.Text{
						ES: "Miren en los carriles cuánto esperaron los hilos por el candado, y si había núcleos libres: sin ellos los procesos también se turnan.",
						EN: "Look in the lanes at how long the threads waited for the lock, and whether there were cores to spare: without any, processes take turns too.",
					},
				},
				{
					If: text.Text{ES: "No se puede decir", EN: "It cannot be told"},
					Say: text.Text{
						ES: "El candado se ve en los carriles, se distinga o no el ganador. Más rondas, o más intensidad, lo dirían.",
						EN: "The lock can be seen in the lanes, whether or not a winner can be told. More rounds, or more intensity, would tell.",
					},
				},
			},
			Commands: []Command{
				post("/api/process-batch/compare-all/", `{"filters": ["sharpen"], "filter_params": {"sharpen": {"intensity": 3}}, "rounds": 3, "methods": ["sequential", "threading-gil", "multiprocessing"]}`).expecting(lockedClaim()).predicted(),
			},
		},
		{
			ID: "computing", Minutes: 8,
			Title: text.Text{ES: "Con el candado suelto", EN: "With the lock let go"},
			Say: text.Text{
				ES: "La tercera demostración de la guía: resize y sharpen, con los tres métodos en una sola petición, medidos por turnos y en las mismas condiciones. La guía dice que con sharpen ganan los procesos. Pero OpenCV y Pillow sueltan el GIL mientras calculan, y aquí los hilos no tienen candado. Después, los mismos hilos con el candado puesto y con el candado suelto al calcular, como hacen esas bibliotecas.",
				EN: "The guide's third demonstration: resize and sharpen, with the three methods in one request, measured in turns and under the same conditions. The guide says that with sharpen processes win. But OpenCV and Pillow let the GIL go while they compute, and here threads have no lock. Then the same threads with the lock on, and with the lock let go while they compute, as those libraries do.",
			},
			Ask: text.Text{
				ES: "Si los hilos no se estorban, ¿qué ventaja les queda a los procesos?",
				EN: "If threads do not get in each other's way, what advantage is left to processes?",
			},
			Outcomes: []Outcome{
				{
					If: text.Text{ES: "Ganan los procesos, como espera la guía", EN: "Processes win, as the guide expects"},
					Say: text.Text{
						ES: "El ganador es el de la guía. ¿Y el motivo? Sin candado no puede ser el GIL: busquen en los carriles a qué esperaron los hilos.",
						EN: "The winner is the guide's. And the reason? Without a lock it cannot be the GIL: look in the lanes for what the threads waited for.",
					},
				},
				{
					If: text.Text{ES: "Ganan los hilos", EN: "Threads win"},
					Say: text.Text{
						ES: "Sin candado, los hilos calculan a la vez, y arrancar procesos se pagaría aparte. Lo que decide no es el nombre del filtro, sino quién tiene el candado y quién espera.",
						EN: "With no lock, threads compute at the same time, and starting processes would be paid for apart. What decides is not the filter's name, but who holds the lock and who waits.",
					},
				},
				{
					If: text.Text{ES: "No se puede decir", EN: "It cannot be told"},
					Say: text.Text{
						ES: "También es una respuesta: sin candado, hilos y procesos se parecen tanto que estas rondas no los distinguen. Comparen eso con el paso anterior.",
						EN: "That is an answer too: with no lock, threads and processes are so much alike that these rounds cannot tell them apart. Compare that with the step before.",
					},
				},
			},
			Commands: []Command{
				post("/api/process-batch/compare-all/", guideResizeSharpen).expecting(computingClaim()).predicted(),
				post("/api/process-batch/compare-all/", `{"filters": ["resize", "sharpen"], "filter_params": {"resize": {"width": 800, "height": 600}, "sharpen": {"intensity": 2}}, "rounds": 3, "methods": ["threading-gil"], "variants": [{"gil": {"released_in": ["decode", "filter", "encode"]}}]}`),
				post("/api/process-batch/sequential/", guideResizeSharpen).optional(),
				post("/api/process-batch/threading/", guideResizeSharpen).optional(),
				post("/api/process-batch/multiprocessing/", guideResizeSharpen).optional(),
			},
		},
		{
			ID: "table", Minutes: 5,
			Title: text.Text{ES: "La tabla de la guía", EN: "The guide's table"},
			Say: text.Text{
				ES: "La guía termina en una tabla: resize y blur, hilos; sharpen y edges, procesos. Medimos sus filas aquí y las ponemos al lado. Si esta máquina tiene las bibliotecas del curso, también se mide con Python; si no, están las cifras de otra máquina, con su fecha y su programa. Una fila sin ganador es una fila medida: cinco rondas no siempre bastan.",
				EN: "The guide ends in a table: resize and blur, threads; sharpen and edges, processes. We measure its rows here and set them beside it. If this machine has the course's libraries, Python is measured too; if not, there are another machine's figures, with their date and their script. A row without a winner is a row that was measured: five rounds do not always suffice.",
			},
			Ask: text.Text{
				ES: "¿Qué filas de la tabla se cumplirán aquí?",
				EN: "Which rows of the table will hold here?",
			},
			Outcomes: []Outcome{
				{
					If: text.Text{ES: "Una fila se cumple", EN: "A row holds"},
					Say: text.Text{
						ES: "Se cumple el ganador. El motivo se mira en los carriles: ¿esperaban, o calculaban?",
						EN: "The winner holds. The reason is looked up in the lanes: did they wait, or compute?",
					},
				},
				{
					If: text.Text{ES: "Una fila no se cumple", EN: "A row does not hold"},
					Say: text.Text{
						ES: "Si Python da lo mismo, la tabla llama espera a lo que es cálculo. Si Python da otra cosa, la diferencia está en el candado y en las bibliotecas.",
						EN: "If Python gives the same, the table calls waiting what is computing. If Python gives something else, the difference is in the lock and the libraries.",
					},
				},
				{
					If: text.Text{ES: "Una fila no se puede decir", EN: "A row cannot be told"},
					Say: text.Text{
						ES: "El ruido se parece a una diferencia pequeña. No se inventa un ganador: se mide más, o se acepta el empate.",
						EN: "Noise looks like a small difference. No winner is made up: one measures more, or accepts the tie.",
					},
				},
			},
			Commands: []Command{
				post("/api/process-batch/compare-all/", guideResizeBlur).expecting(filesClaim()),
				post("/api/process-batch/compare-all/", guideSharpen).expecting(computingClaim()),
				post("/api/process-batch/compare-all/", guideEdges).expecting(computingClaim()),
				post("/api/process-batch/compare-all/", guideResizeBlurSharpen).expecting(computingClaim()),
				inPython(guideResizeBlur),
				inPython(guideSharpen),
				inPython(guideEdges),
				inPython(guideResizeBlurSharpen),
			},
			Table: guideTable(),
		},
		{
			ID: "turn", Minutes: 4,
			Title: text.Text{ES: "Su turno", EN: "Your turn"},
			Say: text.Text{
				ES: "Cada grupo toma un valor: la intensidad de sharpen, de 1 a 5, o el número de trabajadores. El servidor los mide todos, uno tras otro, y la curva crece en la pared. Después, cada teléfono mide el suyo en su propio navegador: el mismo código, sin instalar nada.",
				EN: "Each group takes a value: the intensity of sharpen, from 1 to 5, or the number of workers. The server measures them all, one after the other, and the curve grows on the wall. Then each phone measures its own in its own browser: the same code, with nothing installed.",
			},
			Ask: text.Text{
				ES: "¿Desde qué intensidad vale la pena repartir el trabajo?",
				EN: "From which intensity on is it worth sharing out the work?",
			},
			Outcomes: []Outcome{
				{
					If: text.Text{ES: "Las curvas se cruzan", EN: "The curves cross"},
					Say: text.Text{
						ES: "Desde ahí, calcular pesa más que arrancar. El cruce es de esta máquina y de este lote: en otra estará en otro sitio.",
						EN: "From there on computing weighs more than starting. The crossing is this machine's and this batch's: elsewhere it is somewhere else.",
					},
				},
				{
					If: text.Text{ES: "Una va siempre por debajo", EN: "One is always below"},
					Say: text.Text{
						ES: "En estos valores no hay nada que decidir. Pregunten qué valor haría falta para que cambiara.",
						EN: "Over these values there is nothing to decide. Ask which value it would take to change that.",
					},
				},
				{
					If: text.Text{ES: "No hay un orden claro", EN: "There is no clear order"},
					Say: text.Text{
						ES: "Las diferencias caben en el ruido. Más rondas en cada valor lo dirían.",
						EN: "The differences fit into the noise. More rounds at each value would tell.",
					},
				},
			},
			Commands: []Command{
				post("/api/process-batch/compare-all/", `{"filters": ["sharpen"], "filter_params": {"sharpen": {"intensity": 3}}, "count": 4, "rounds": 3}`).expecting(computingClaim()),
			},
			Turns: []Turn{{Over: request.OverIntensity, Values: []int{1, 2, 3, 4, 5}}, {Over: request.OverWorkers, Values: []int{1, 2, 3, 4}}},
		},
		{
			ID: costsStep, Minutes: 5,
			Title: text.Text{ES: "Lo que cuesta separar, y las dos cosas a la vez", EN: "What being separate costs, and both at once"},
			Say: text.Text{
				ES: "Un proceso no es gratis. Hay que arrancarlo: con \"pool\": \"warm\" ya está en marcha cuando empieza el reloj. Hay que llevarle la imagen: si no se pide nada, solo viaja el nombre del archivo; por una tubería viajan sus bytes, como en un Pool de Python. Y cada uno ocupa su memoria. Después, las dos cosas a la vez: hybrid son procesos con varios hilos cada uno. Por último, veinte imágenes seguidas: percentiles, núcleos ocupados y errores; y los resultados en el disco.",
				EN: "A process is not free. It has to be started: with \"pool\": \"warm\" it is already running when the clock starts. The image has to get there: if nothing is asked for only the file's name travels; through a pipe its bytes travel, as in a Python Pool. And each takes memory of its own. Then both at once: hybrid is processes with several threads each. Last, twenty images in a row: percentiles, busy cores and errors; and the results on the disk.",
			},
			Ask: text.Text{
				ES: "¿Cuántas imágenes hacen falta para que el arranque valga la pena?",
				EN: "How many images does it take for the start to be worth it?",
			},
			Outcomes: []Outcome{
				{
					If: text.Text{ES: "Gana el que ya estaba en marcha", EN: "The one that was running already wins"},
					Say: text.Text{
						ES: "La diferencia es el arranque. Con más imágenes se reparte entre más, y pesa menos en cada una.",
						EN: "The difference is the start. With more images it is spread over more, and weighs less on each.",
					},
				},
				{
					If: text.Text{ES: "Llevar los bytes o los píxeles cuesta", EN: "Carrying bytes or pixels costs"},
					Say: text.Text{
						ES: "Lo que viaja se paga. Por eso se manda el nombre, o se comparte la memoria, cuando se puede.",
						EN: "What travels is paid for. That is why one sends the name, or shares memory, where one can.",
					},
				},
				{
					If: text.Text{ES: "No se distingue, o hybrid no gana", EN: "It cannot be told, or hybrid does not win"},
					Say: text.Text{
						ES: "Con tantos hilos como núcleos ya no hay más que ganar: hybrid gana cuando un candado frena a los hilos y los procesos ocupan mucha memoria.",
						EN: "With as many threads as cores there is no more to gain: hybrid wins where a lock holds threads back and processes take much memory.",
					},
				},
			},
			Commands: []Command{
				post("/api/process-batch/compare-all/", `{`+resized+`, "rounds": 3, "methods": ["multiprocessing"], "variants": [{"pool": "cold"}, {"pool": "warm"}, {"pool": "warm", "transport": "pipe"}]}`),
				post("/api/process-batch/compare-all/", `{`+resized+`, "rounds": 3, "methods": ["threading", "multiprocessing", "hybrid"]}`).expecting(filesClaim()),
				post("/api/process-batch/multiprocessing/", `{`+resized+`, "transport": "shm"}`).optional(),
				post("/api/process-batch/stress/", `{"count": 20}`).optional(),
				{Shell: "ls -la static/processed/"},
			},
		},
		{
			ID: "tomorrow", Minutes: 4,
			Title: text.Text{ES: "Y mañana: mil esperas, y la sala", EN: "And tomorrow: a thousand waits, and the room"},
			Say: text.Text{
				ES: "Tres preguntas antes de elegir. ¿Espera o calcula? Si espera, hilos, o algo más ligero aún. Si calcula, ¿hay un candado? Con candado, procesos; sin él, tantos hilos como núcleos. ¿Y qué cuesta separar? Los procesos valen la pena cuando un fallo no debe llevarse a los demás. Y siempre: medir, repetir y aceptar un empate. Mañana, el día 3: ¿y si llegan mil peticiones a la vez? Colas de mensajes, tareas en segundo plano, y otras máquinas como trabajadores: las de esta sala.",
				EN: "Three questions before you choose. Does it wait or compute? If it waits, threads, or something lighter still. If it computes, is there a lock? With a lock, processes; without one, as many threads as cores. And what does being separate cost? Processes are worth it when a failure must not take the others with it. And always: measure, repeat, and accept a tie. Tomorrow, day 3: what if a thousand requests come at the same time? Message queues, tasks in the background, and other machines as workers: those of this room.",
			},
			Ask: text.Text{
				ES: "¿Qué haría falta para atender mil peticiones a la vez?",
				EN: "What would it take to serve a thousand requests at the same time?",
			},
			Outcomes: []Outcome{
				{
					If: text.Text{ES: "Todas las formas atienden las mil", EN: "All ways serve the thousand"},
					Say: text.Text{
						ES: "Lo que las distingue es el tiempo, los hilos del sistema y la memoria: miren lo que cuesta una espera de más.",
						EN: "What tells them apart is the time, the system's threads and the memory: look at what one more wait costs.",
					},
				},
				{
					If: text.Text{ES: "Una forma no llega", EN: "A way does not get there"},
					Say: text.Text{
						ES: "El laboratorio la detiene y dice cuánto habría tardado. No es lenta porque calcule: espera de pocas en pocas.",
						EN: "The lab stops it and says what it would have taken. It is not slow because it computes: it waits a few at a time.",
					},
				},
				{
					If: text.Text{ES: "Hay máquinas en la sala", EN: "There are machines in the room"},
					Say: text.Text{
						ES: "El mismo lote se reparte entre ellas con «distributed»: se verá qué cuesta la red, y qué pasa cuando una se va.",
						EN: "The same batch is shared out among them with \"distributed\": it will be seen what the network costs, and what happens when one leaves.",
					},
				},
				{
					If: text.Text{ES: "No hay ninguna", EN: "There is none"},
					Say: text.Text{
						ES: "«distributed» lo dice, en vez de hacer el trabajo a escondidas en otro sitio. Mañana se unen.",
						EN: "\"distributed\" says so, instead of doing the work secretly elsewhere. Tomorrow they join.",
					},
				},
			},
			Commands: []Command{
				post(request.WaitsPath, `{"n": 1000, "seconds": 1, "ways": ["sequential", "pool", "threads", "goroutines", "processes"]}`),
				get("/api/workers/status/"),
				post("/api/process-batch/distributed/", `{"filters": ["sharpen"], "filter_params": {"sharpen": {"intensity": 2}}}`).optional(),
				get("/api/metrics/").optional(),
			},
		},
	}
}

// guideTable is the guide's table. The recorded figures are of four photographs of
// 3840x2160 by Pillow 9.4 and OpenCV 4.6 with one thread each and two workers on an
// idle machine of two cores: two runs of seven rounds.
func guideTable() *Table {
	return &Table{
		Source: text.Text{
			ES: "Python en otra máquina: 4 fotografías de 3840x2160, 2 núcleos, Pillow 9.4 y OpenCV 4.6, dos veces 7 rondas, noviembre de 2026, bench/peers/batch.py.",
			EN: "Python on another machine: 4 photographs of 3840x2160, 2 cores, Pillow 9.4 and OpenCV 4.6, twice 7 rounds, November 2026, bench/peers/batch.py.",
		},
		Rows: []Row{
			{Title: "resize → blur", Command: 0, Python: 4, Recorded: []Recorded{
				{"resize", [2]float64{0.48, 0.64}, [2]float64{0.33, 0.33}, [2]float64{0.36, 0.39}},
				{"blur", [2]float64{1.33, 1.62}, [2]float64{0.62, 0.72}, [2]float64{0.64, 0.87}},
			}},
			{Title: "sharpen", Command: 1, Python: 5, Recorded: []Recorded{
				{"sharpen", [2]float64{0.71, 0.86}, [2]float64{0.34, 0.38}, [2]float64{0.47, 0.48}},
			}},
			{Title: "edges", Command: 2, Python: 6, Recorded: []Recorded{
				{"edges", [2]float64{0.62, 0.69}, [2]float64{0.37, 0.47}, [2]float64{0.47, 0.47}},
			}},
			{Title: "resize → blur → sharpen", Command: 3, Python: 7, Recorded: []Recorded{}},
		},
	}
}

// inPython is a batch of the guide's by Python's methods.
func inPython(body string) Command {
	c := post("/api/process-batch/compare-all/", strings.TrimSuffix(body, "}")+`, "rounds": 3, "methods": ["python-threading", "python-multiprocessing"]}`)
	c.Needs = NeedsPython
	return c
}

func get(path string) Command        { return Command{Method: "GET", Path: path} }
func post(path, body string) Command { return Command{Method: "POST", Path: path, Body: body} }

func (c Command) expecting(e result.Expectation) Command {
	c.Expected = &e
	return c
}

func (c Command) predicted() Command {
	c.Predict = true
	return c
}

func (c Command) optional() Command {
	c.Optional = true
	return c
}
