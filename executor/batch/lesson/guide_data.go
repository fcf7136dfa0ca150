// Package lesson is the course's lesson: its steps with the guide's commands
// word for word, what the guide claims of a batch, and what is to be said of
// those claims.
//
// It measures nothing: whether a claim was met follows from a comparison's
// winner.
package lesson

import (
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

// Guide is the lesson of 45 minutes, with the guide's commands and those
// that show what its claims rest on. Times and sentences are ours.
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
			ID: "intro", Minutes: 3,
			Title: text.Text{ES: "Vamos a medir", EN: "We are going to measure"},
			Say: text.Text{
				ES: "Hoy no vamos a creer nada, tampoco lo que dice la guía del curso: vamos a medirlo. Las mismas fotografías, los mismos filtros, el mismo programa; solo cambia cómo se reparte el trabajo. Primero, veamos si el laboratorio responde.",
				EN: "Today we take nothing on trust, not even the course's guide: we measure it. The same photographs, the same filters, the same program; only how the work is shared out changes. First, let us see whether the lab answers.",
			},
			Ask: text.Text{
				ES: "Si una máquina tiene dos núcleos, ¿tarda siempre la mitad?",
				EN: "If a machine has two cores, does it always take half the time?",
			},
			Commands: []Command{get("/api/health/")},
		},
		{
			ID: "words", Minutes: 4,
			Title: text.Text{ES: "Qué es un hilo y qué es un proceso", EN: "What a thread is, and what a process is"},
			Say: text.Text{
				ES: "Un proceso es un programa en marcha, con su propia memoria. Un hilo es un camino dentro de un proceso, y comparte la memoria con los demás hilos. Compartir es barato, pero hay que ponerse de acuerdo. Separar es seguro, pero se pagan el arranque y el transporte. Aquí los hilos son goroutines, que Go reparte entre hilos del sistema.",
				EN: "A process is a running program, with memory of its own. A thread is a path inside a process, and shares that memory with the other threads. Sharing is cheap, but threads must agree with each other. Being separate is safe, but the start and the transport have to be paid for. Here threads are goroutines, which Go spreads over threads of the system.",
			},
			Ask: text.Text{
				ES: "¿Cuántos trabajadores convienen en esta máquina?",
				EN: "How many workers suit this machine?",
			},
			Commands: []Command{get("/api/topology/")},
		},
		{
			ID: "files", Minutes: 5,
			Title: text.Text{ES: "resize y blur: ¿de verdad esperan?", EN: "resize and blur: do they really wait?"},
			Say: text.Text{
				ES: "La guía dice que resize y blur esperan a la entrada y salida, y que por eso ganan los hilos. Miremos los carriles: leer y escribir son una raya fina. Casi todo es decodificar, calcular y codificar, porque los archivos ya están en la memoria del sistema.",
				EN: "The guide says that resize and blur wait for input and output, and that threads win for that reason. Look at the lanes: reading and writing are a thin line. Nearly all of it is decoding, computing and encoding, because the files are in the system's memory already.",
			},
			Ask: text.Text{
				ES: "¿Qué parte del tiempo es leer el archivo?",
				EN: "How much of the time goes into reading the file?",
			},
			Commands: []Command{
				post("/api/process-batch/compare/", guideResizeBlur).expecting(filesClaim()),
				post("/api/process-batch/compare-all/", guideResizeBlur).expecting(filesClaim()),
			},
		},
		{
			ID: "computing", Minutes: 5,
			Title: text.Text{ES: "sharpen: calcular sin parar", EN: "sharpen: computing without a pause"},
			Say: text.Text{
				ES: "La guía dice que sharpen gasta procesador, y que por eso ganan los procesos. El motivo sería el GIL de Python: un candado que deja avanzar a un solo hilo. Pero OpenCV suelta ese candado mientras calcula, y aquí no lo hay. Los hilos también usan todos los núcleos.",
				EN: "The guide says that sharpen needs the processor, and that processes win for that reason. The reason would be Python's GIL: a lock that lets only one thread go on. But OpenCV lets that lock go while it computes, and here there is none. Threads use all the cores too.",
			},
			Ask: text.Text{
				ES: "Si los hilos no se estorban, ¿qué ventaja les queda a los procesos?",
				EN: "If threads do not get in each other's way, what advantage is left to processes?",
			},
			Commands: []Command{post("/api/process-batch/compare-all/", guideSharpen).expecting(computingClaim())},
		},
		{
			ID: "chains", Minutes: 5,
			Title: text.Text{ES: "Una cadena de filtros", EN: "A chain of filters"},
			Say: text.Text{
				ES: "Ahora, reducir y realzar. Primero un método cada vez: comparemos total_time y output_digest. Los tiempos cambian; las imágenes son las mismas, píxel a píxel. Después, la cadena larga con los tres métodos en una sola petición: así se miden seguidos y en las mismas condiciones.",
				EN: "Now resize and sharpen. First one method at a time: compare total_time and output_digest. The times differ; the images are the same, pixel for pixel. Then the long chain with the three methods in one request: so they are measured one after the other, under the same conditions.",
			},
			Ask: text.Text{
				ES: "¿Por qué sharpen cuesta tan poco cuando va después de resize?",
				EN: "Why does sharpen cost so little when it comes after resize?",
			},
			Commands: []Command{
				post("/api/process-batch/sequential/", guideResizeSharpen),
				post("/api/process-batch/threading/", guideResizeSharpen),
				post("/api/process-batch/multiprocessing/", guideResizeSharpen),
				post("/api/process-batch/compare-all/", guideResizeBlurSharpen).expecting(computingClaim()),
			},
		},
		{
			ID: "edges", Minutes: 3,
			Title: text.Text{ES: "edges: ¿cuánto hay que repetir?", EN: "edges: how often must we repeat?"},
			Say: text.Text{
				ES: "De edges la guía vuelve a decir que ganan los procesos. Cuidado: una sola ronda no distingue diferencias pequeñas del ruido. Si el laboratorio dice que hay empate, esa es la respuesta. Con \"rounds\": 5 se ve más fino.",
				EN: "Of edges the guide says again that processes win. Take care: one round alone cannot tell small differences from noise. If the lab calls it a tie, then that is the answer. With \"rounds\": 5 it sees more finely.",
			},
			Ask: text.Text{
				ES: "¿Cuántas veces hay que medir para creerlo?",
				EN: "How often do we have to measure before we believe it?",
			},
			Commands: []Command{
				post("/api/process-batch/compare-all/", guideEdges).expecting(computingClaim()),
			},
		},
		{
			ID: "gil", Minutes: 5,
			Title: text.Text{ES: "Encendamos el GIL", EN: "Let us switch the GIL on"},
			Say: text.Text{
				ES: "threading-gil son los mismos hilos con un candado: solo uno calcula a la vez, como en Python puro. Ahora el motivo de la guía se cumple: cada proceso tiene su propio candado, y los procesos calculan a la vez. Después añadimos los hilos sin candado, y vuelven a la carrera.",
				EN: "threading-gil is the same threads with a lock: only one computes at a time, as in pure Python. Now the guide's reason holds: each process has a lock of its own, and processes compute at the same time. Then we add the threads without a lock, and they are back in the race.",
			},
			Ask: text.Text{
				ES: "¿Qué decide: el nombre del filtro, o quién tiene el candado?",
				EN: "What decides: the filter's name, or who holds the lock?",
			},
			Commands: []Command{
				post("/api/process-batch/compare-all/", `{"filters": ["sharpen"], "rounds": 3, "methods": ["sequential", "threading-gil", "multiprocessing"]}`).expecting(lockedClaim()),
				post("/api/process-batch/compare-all/", `{"filters": ["sharpen"], "rounds": 3, "methods": ["sequential", "threading", "threading-gil", "multiprocessing"]}`).expecting(computingClaim()),
			},
		},
		{
			ID: "waiting", Minutes: 5,
			Title: text.Text{ES: "Un lote que espera de verdad", EN: "A batch that really waits"},
			Say: text.Text{
				ES: "Ahora cada fotografía llega de un servidor que tarda 200 milisegundos en contestar. Mientras un trabajador espera, los demás siguen. Por eso ayudan hasta los hilos con GIL: quien espera suelta el candado. Y por eso aquí hay ocho trabajadores, aunque haya menos núcleos.",
				EN: "Now each photograph comes from a server that takes 200 milliseconds to answer. While one worker waits, the others go on. That is why even threads with a GIL help: whoever waits lets the lock go. And that is why there are eight workers here, even with fewer cores.",
			},
			Ask: text.Text{
				ES: "¿Cuándo tiene sentido tener más trabajadores que núcleos?",
				EN: "When does it make sense to have more workers than cores?",
			},
			Commands: []Command{
				post("/api/process-batch/compare-all/", `{"filters": ["resize"], "count": 8, "workers": 8, "rounds": 3, "source": "http", "latency_ms": 200, "methods": ["sequential", "threading", "threading-gil", "multiprocessing"]}`).expecting(waitingClaim()),
			},
		},
		{
			ID: "costs", Minutes: 4,
			Title: text.Text{ES: "Lo que cuesta un proceso", EN: "What a process costs"},
			Say: text.Text{
				ES: "Un proceso no es gratis. Hay que arrancarlo: con \"pool\": \"warm\" ya está en marcha cuando empieza el reloj. Y hay que llevarle la imagen. Por una tubería viajan sus bytes, como en un Pool de Python; en memoria compartida los ven los dos procesos; y si no se pide nada, solo viaja el nombre del archivo. La cuenta de cada trabajador está en «overhead»: spawn_s, receive_s, bytes_in. Si este sistema no tiene memoria compartida, la respuesta lo dice.",
				EN: "A process is not free. It has to be started: with \"pool\": \"warm\" it is already running when the clock starts. And the image has to get there. Through a pipe its bytes travel, as in a Python Pool; in shared memory both processes see them; and if nothing is asked for, only the file's name travels. Each worker's account is in \"overhead\": spawn_s, receive_s, bytes_in. If this system has no shared memory, the answer says so.",
			},
			Ask: text.Text{
				ES: "¿Cuántas imágenes hacen falta para que el arranque valga la pena?",
				EN: "How many images does it take for the start to be worth it?",
			},
			Commands: []Command{
				post("/api/process-batch/multiprocessing/", `{"filters": ["resize"]}`),
				post("/api/process-batch/multiprocessing/", `{"filters": ["resize"], "pool": "warm"}`),
				post("/api/process-batch/multiprocessing/", `{"filters": ["resize"], "transport": "pipe"}`),
				post("/api/process-batch/multiprocessing/", `{"filters": ["resize"], "transport": "shm"}`),
			},
		},
		{
			ID: "stress", Minutes: 3,
			Title: text.Text{ES: "Muchas imágenes seguidas", EN: "Many images in a row"},
			Say: text.Text{
				ES: "Veinte imágenes seguidas. Miremos tres cosas: los percentiles, los núcleos ocupados y los errores. La media esconde a la imagen que más tardó; el percentil 95, no. Y los resultados están en el disco, un archivo por imagen.",
				EN: "Twenty images in a row. Look at three things: the percentiles, the cores that are busy, and the errors. The mean hides the image that took longest; the 95th percentile does not. And the results are on the disk, one file for each image.",
			},
			Ask: text.Text{
				ES: "¿Por qué unas imágenes tardan más que otras, si todas pasan por los mismos filtros?",
				EN: "Why do some images take longer than others, if all go through the same filters?",
			},
			Commands: []Command{
				post("/api/process-batch/stress/", `{"count": 20}`),
				{Shell: "ls -la static/processed/"},
			},
		},
		{
			ID: "conclusions", Minutes: 3,
			Title: text.Text{ES: "Entonces, ¿cuándo cada uno?", EN: "So, when which?"},
			Say: text.Text{
				ES: "Tres preguntas antes de elegir. La primera: ¿el trabajo espera o calcula? Si espera, hilos, que son baratos, aunque sean muchos. La segunda, si calcula: ¿hay un candado? Con GIL, procesos; sin él, tantos hilos como núcleos. La tercera: ¿qué cuesta separar? Los procesos valen la pena cuando un fallo no debe llevarse a los demás. Y siempre: medir, repetir y aceptar un empate.",
				EN: "Three questions before you choose. The first: does the work wait or compute? If it waits, threads, which are cheap even when they are many. The second, if it computes: is there a lock? With a GIL, processes; without one, as many threads as cores. The third: what does it cost to be separate? Processes are worth it when a failure must not take the others with it. And always: measure, repeat, and accept a tie.",
			},
			Ask: text.Text{
				ES: "¿En qué proyecto suyo cambiarían algo después de hoy?",
				EN: "In which project of yours would you change something after today?",
			},
			Commands: []Command{},
		},
	}
}

func get(path string) Command        { return Command{Method: "GET", Path: path} }
func post(path, body string) Command { return Command{Method: "POST", Path: path, Body: body} }

func (c Command) expecting(e result.Expectation) Command {
	c.Expected = &e
	return c
}
