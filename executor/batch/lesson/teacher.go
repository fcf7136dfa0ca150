package lesson

import "carriles/executor/text"

// Advice is a question, or what may go wrong, with what to say or do.
type Advice struct{ About, Say text.Text }

// Preparation is what the teacher does before the class comes.
func Preparation() []text.Text {
	return []text.Text{
		{
			ES: "Arrancar `carriles` en la máquina que mide, enchufada, sin otros programas, y abrir la dirección «Class» que escribe: esa pestaña lleva la clase.",
			EN: "Start `carriles` on the machine that measures, plugged in, without other programs, and open the address “Class” that it prints: that tab leads the class.",
		},
		{
			ES: "Abrir la pared (`/wall`) en otra ventana del mismo navegador, en el proyector, y llenar la pantalla con F. En esa ventana mandan las teclas y el mando.",
			EN: "Open the wall (`/wall`) in another window of the same browser, on the projector, and fill the screen with F. The keys and the clicker work in that window.",
		},
		{
			ES: "Entrar con el propio teléfono por el código QR. Si no llega, elegir otra dirección en «Class».",
			EN: "Join with your own phone by the QR code. If it does not get there, choose another address in “Class”.",
		},
		{
			ES: "Llevar la clase entera una vez con la barra espaciadora, y poner el reloj a cero. Si un paso tarda demasiado aquí, bajar las rondas en su orden.",
			EN: "Lead the whole lesson once with the space bar, and reset the clock. If a step takes too long here, turn the rounds down in its command.",
		},
		{
			ES: "Para medir también Python: Pillow, OpenCV y NumPy en `python3`. El laboratorio dice lo que falta.",
			EN: "To measure Python too: Pillow, OpenCV and NumPy in `python3`. The lab says what is missing.",
		},
	}
}

// Likely are the questions that a class is most likely to ask.
func Likely() []Advice {
	return []Advice{
		{
			text.Text{ES: "¿Go tiene GIL?", EN: "Does Go have a GIL?"},
			text.Text{
				ES: "No. Sus goroutines calculan a la vez en tantos hilos como núcleos. threading-gil pone un candado a propósito, para ver lo que hace.",
				EN: "No. Its goroutines compute at the same time on as many threads as there are cores. threading-gil puts a lock there on purpose, to see what it does.",
			},
		},
		{
			text.Text{ES: "Entonces, ¿por qué en Python también pueden ganar los hilos?", EN: "Then why can threads win in Python too?"},
			text.Text{
				ES: "OpenCV y casi todo Pillow sueltan el GIL mientras calculan. El candado solo frena a lo que lo tiene: bucles de Python puro.",
				EN: "OpenCV and most of Pillow let the GIL go while they compute. The lock only slows what holds it: loops of pure Python.",
			},
		},
		{
			text.Text{ES: "¿Y Python sin GIL?", EN: "And Python without a GIL?"},
			text.Text{
				ES: "Existe como compilación aparte desde la 3.13. Los mismos hilos, sin ese candado; las bibliotecas tienen que estar preparadas.",
				EN: "It exists as a build of its own since 3.13. The same threads without that lock; libraries have to be ready for it.",
			},
		},
		{
			text.Text{ES: "¿Por qué salen otras cifras al repetir?", EN: "Why are the figures others when we repeat?"},
			text.Text{
				ES: "Otros programas, la temperatura y el reparto del sistema cambian. Por eso hay rondas alternadas e intervalos, y por eso «no se puede decir» es un resultado.",
				EN: "Other programs, heat and the system's scheduling change. That is why there are alternating rounds and intervals, and why “it cannot be told” is a result.",
			},
		},
		{
			text.Text{ES: "¿Por qué cinco rondas?", EN: "Why five rounds?"},
			text.Text{
				ES: "Con una, dos métodos iguales parecen distintos muchas veces. Con tres ya se puede nombrar un ganador; con cinco se ve más fino. Se puede cambiar en la orden.",
				EN: "With one, two equal methods often look different. From three on a winner may be named; five see more finely. It can be turned in the command.",
			},
		},
		{
			text.Text{ES: "¿Cuántos trabajadores pongo?", EN: "How many workers do I take?"},
			text.Text{
				ES: "Si calcula, tantos como núcleos. Si espera, muchos más: los que aguante la memoria, o el otro lado.",
				EN: "If it computes, as many as cores. If it waits, many more: as many as the memory, or the other side, can bear.",
			},
		},
		{
			text.Text{ES: "¿Qué diferencia hay entre un hilo y una goroutine?", EN: "What is the difference between a thread and a goroutine?"},
			text.Text{
				ES: "El hilo es del sistema; la goroutine la reparte Go entre unos pocos hilos. Cuando espera, se aparta y su hilo sigue con otra. Las mil esperas del final lo muestran.",
				EN: "A thread is the system's; goroutines are spread by Go over a few threads. When one waits it steps aside and its thread goes on with another. The thousand waits at the end show it.",
			},
		},
		{
			text.Text{ES: "¿Para qué quiero procesos, si son caros?", EN: "What do I want processes for, if they are dear?"},
			text.Text{
				ES: "Para que un fallo no se lleve a los demás, para limitar la memoria de cada uno, y donde hay un candado.",
				EN: "So that a failure does not take the others with it, to bound each one's memory, and where there is a lock.",
			},
		},
		{
			text.Text{ES: "¿Por qué la primera imagen tarda más?", EN: "Why does the first image take longer?"},
			text.Text{
				ES: "Hay que arrancar y tocar la memoria por primera vez. La cuenta de cada carril lo separa; con \"pool\": \"warm\" no está dentro del reloj.",
				EN: "There is a start, and memory is touched for the first time. Each lane's account sets it apart; with \"pool\": \"warm\" it is not in the clock.",
			},
		},
		{
			text.Text{ES: "¿Por qué mi teléfono tarda más (o menos) que el servidor?", EN: "Why does my phone take longer (or less) than the server?"},
			text.Text{
				ES: "Hace el mismo código en un Web Worker, en WebAssembly, con un núcleo. Compárenlo con el modo secuencial, no con los ocho trabajadores.",
				EN: "It runs the same code in one Web Worker, in WebAssembly, on one core. Compare it with sequential, not with eight workers.",
			},
		},
	}
}

// Failing is what to do when the network or a machine fails.
func Failing() []Advice {
	return []Advice{
		{
			text.Text{ES: "Los teléfonos no llegan", EN: "The phones do not get there"},
			text.Text{
				ES: "Elegir otra dirección en «Class»; la que se elige queda. Si la red separa a los invitados, una zona wifi del propio portátil basta. Sin red, la guía se lleva igual: se predice a mano alzada.",
				EN: "Choose another address in “Class”; the chosen one stays. Where the network keeps guests apart, the laptop's own hotspot will do. Without a network the guide is led all the same: one predicts by show of hands.",
			},
		},
		{
			text.Text{ES: "El portátil que mide se apaga o se reinicia", EN: "The laptop that measures goes off or restarts"},
			text.Text{
				ES: "Arrancar otra vez en la misma carpeta: siguen la pregunta, las predicciones y lo medido, y la misma dirección lleva la clase. Los teléfonos vuelven solos.",
				EN: "Start it again in the same folder: the question, the predictions and what was measured go on, and the same address leads the class. Phones come back by themselves.",
			},
		},
		{
			text.Text{ES: "Una medición tarda demasiado", EN: "A run takes too long"},
			text.Text{
				ES: "Cancelarla, bajar las rondas en la orden y medir otra vez; o pasar al siguiente con la flecha. La cola dice cuánto falta.",
				EN: "Cancel it, turn the rounds down in the command and measure again; or go on with the arrow. The queue tells how long it will take.",
			},
		},
		{
			text.Text{ES: "Todos miden a la vez", EN: "Everybody measures at the same time"},
			text.Text{
				ES: "Lo de quien presenta va siempre a continuación. «Los teléfonos esperan» detiene a los demás.",
				EN: "The presenter's run is always next. “Phones wait” holds the others back.",
			},
		},
		{
			text.Text{ES: "La pestaña se ha cerrado", EN: "The tab was closed"},
			text.Text{
				ES: "Abrir otra vez la dirección «Class» que el servidor escribió. Lo medido está en el historial del laboratorio.",
				EN: "Open again the address “Class” that the server printed. What was measured is in the laboratory's history.",
			},
		},
	}
}
