package ui

import (
	"maps"

	"carriles/filters"
)

// texts is everything that the page says of itself, by key.
var texts = joined(labTexts, classTexts)

// joined is one table of several.
func joined(tables ...map[string]filters.Text) map[string]filters.Text {
	all := map[string]filters.Text{}
	for _, t := range tables {
		maps.Copy(all, t)
	}
	return all
}

// classTexts is what the guide, the class and the join page say of themselves.
var classTexts = map[string]filters.Text{
	"nav.label": {ES: "Vistas", EN: "Views"},
	"nav.lab":   {ES: "Laboratorio", EN: "Laboratory"},
	"nav.guide": {ES: "Guía", EN: "Guide"},
	"nav.class": {ES: "Clase", EN: "Class"},

	"guide.title":       {ES: "Guía de la clase", EN: "The lesson's guide"},
	"guide.loading":     {ES: "Cargando la guía…", EN: "Loading the guide…"},
	"guide.steps":       {ES: "Pasos de la clase", EN: "The lesson's steps"},
	"guide.minutes":     {ES: "%d min", EN: "%d min"},
	"guide.step":        {ES: "Paso %d de %d · minutos %d a %d", EN: "Step %d of %d · minutes %d to %d"},
	"guide.keys":        {ES: "Teclado o mando: AvPág y RePág cambian de paso, Intro o la barra espaciadora miden.", EN: "Keyboard or clicker: PageDown and PageUp change the step, Enter or the space bar measures."},
	"guide.clock":       {ES: "Reloj de la clase", EN: "The lesson's clock"},
	"guide.of":          {ES: "\u00a0de %d min", EN: "\u00a0of %d min"},
	"guide.budget":      {ES: "Tiempo de este paso", EN: "Time of this step"},
	"guide.left":        {ES: "Quedan %d min para este paso", EN: "%d min left for this step"},
	"guide.late":        {ES: "Este paso va %d min tarde", EN: "This step is %d min late"},
	"guide.start":       {ES: "Empezar", EN: "Start"},
	"guide.pause":       {ES: "Pausa", EN: "Pause"},
	"guide.reset":       {ES: "A cero", EN: "Reset"},
	"guide.predict":     {ES: "Que la clase prediga", EN: "Have the class predict"},
	"guide.predictions": {ES: "Predicciones: %d", EN: "Predictions: %d"},
	"guide.follow":      {ES: "La clase me sigue", EN: "The class follows"},
	"guide.ask":         {ES: "Pregunta a la clase:", EN: "Ask the class:"},
	"guide.previous":    {ES: "← Paso anterior", EN: "← Previous step"},
	"guide.next":        {ES: "Paso siguiente →", EN: "Next step →"},
	"guide.command":     {ES: "Orden %d", EN: "Command %d"},
	"guide.run":         {ES: "Ejecutar", EN: "Run"},
	"guide.answer":      {ES: "Respuesta del servidor", EN: "The server's answer"},
	"guide.answered":    {ES: "El servidor ha respondido.", EN: "The server has answered."},
	"guide.expected":    {ES: "La guía espera", EN: "The guide expects"},
	"guide.measured":    {ES: "Medido aquí", EN: "Measured here"},

	"queue.title": {ES: "La cola del servidor", EN: "The server's queue"},
	"queue.now":   {ES: "ahora", EN: "now"},
	"queue.mine":  {ES: "suya", EN: "yours"},
	"queue.left":  {ES: "y otras %d", EN: "and %d more"},
	"queue.why":   {ES: "Se mide de una en una: dos a la vez se estorbarían y ninguna cifra valdría.", EN: "One is measured at a time: two at once would disturb each other, and no figure would hold."},

	"stress.title":      {ES: "Prueba de carga", EN: "Stress test"},
	"stress.p50":        {ES: "Una imagen, p50", EN: "An image, p50"},
	"stress.p95":        {ES: "p95", EN: "p95"},
	"stress.p99":        {ES: "p99", EN: "p99"},
	"stress.throughput": {ES: "Imágenes por segundo", EN: "Images per second"},
	"stress.cores":      {ES: "Núcleos ocupados", EN: "Cores busy"},
	"stress.errors":     {ES: "Errores", EN: "Errors"},
	"stress.of":         {ES: "de %d", EN: "of %d"},
	"stress.help":       {ES: "La mitad de las imágenes tardó menos que el p50; de cada cien, cinco tardaron más que el p95 y una más que el p99.", EN: "Half of the images took less than the p50; of a hundred, five took longer than the p95 and one longer than the p99."},

	"winner.none": {ES: "Empate", EN: "A tie"},
	"met.yes":     {ES: "✓ Lo medido coincide con la guía.", EN: "✓ What was measured agrees with the guide."},
	"met.no":      {ES: "✗ Lo medido contradice a la guía.", EN: "✗ What was measured contradicts the guide."},
	"met.open":    {ES: "≈ Las muestras no señalan a nadie: ni confirman ni desmienten.", EN: "≈ The samples name nobody: neither confirmed nor refuted."},

	"device.phone":   {ES: "Teléfono", EN: "Phone"},
	"device.laptop":  {ES: "Ordenador", EN: "Computer"},
	"device.unknown": {ES: "Otro", EN: "Other"},

	"devices.phone":   {ES: "teléfonos: %d", EN: "phones: %d"},
	"devices.laptop":  {ES: "ordenadores: %d", EN: "computers: %d"},
	"devices.unknown": {ES: "otros: %d", EN: "others: %d"},

	"class.title":        {ES: "Clase", EN: "Class"},
	"class.loading":      {ES: "Abriendo la clase…", EN: "Opening the class…"},
	"class.lost":         {ES: "Se ha perdido la conexión; se vuelve a intentar…", EN: "The connection was lost; reconnecting…"},
	"class.join":         {ES: "Entre en la clase", EN: "Join the class"},
	"class.qr":           {ES: "Código QR de %s", EN: "QR code of %s"},
	"class.local":        {ES: "Este servidor solo se ve desde esta máquina: ninguna red la conecta con los teléfonos.", EN: "This server is seen from this machine alone: no network connects it with the phones."},
	"class.other":        {ES: "Otra dirección", EN: "Another address"},
	"class.here":         {ES: "En clase", EN: "In class"},
	"class.members":      {ES: "En clase: %d", EN: "In class: %d"},
	"class.queue.none":   {ES: "El servidor está libre", EN: "The server is free"},
	"class.queue.one":    {ES: "El servidor está midiendo", EN: "The server is measuring"},
	"class.queue.two":    {ES: "El servidor está midiendo; espera 1 medición", EN: "The server is measuring; 1 run is waiting"},
	"class.queue":        {ES: "El servidor está midiendo; esperan %d mediciones", EN: "The server is measuring; %d runs are waiting"},
	"class.watching":     {ES: "Esta pestaña solo mira. Para dirigir la clase, abra la dirección que el servidor escribió al empezar.", EN: "This tab only watches. To lead the class, open the address that the server printed at its start."},
	"class.lead":         {ES: "Dirigir la clase", EN: "Lead the class"},
	"class.choose":       {ES: "Pregunta", EN: "Question"},
	"class.question":     {ES: "%s · %s · %s", EN: "%s · %s · %s"},
	"class.ask":          {ES: "Preguntar", EN: "Ask"},
	"class.measure":      {ES: "Cerrar y medir", EN: "Close and measure"},
	"class.reveal":       {ES: "Revelar", EN: "Reveal"},
	"class.end":          {ES: "Retirar la pregunta", EN: "Put the question away"},
	"class.empty":        {ES: "¿Quién ganará?", EN: "Who will win?"},
	"class.empty.more":   {ES: "Aquí aparecerán la pregunta, las predicciones y el tiempo de cada navegador junto a los del servidor.", EN: "The question, the predictions and each browser's time beside the server's will appear here."},
	"class.asked":        {ES: "%s: ¿quién gana, y por cuánto?", EN: "%s: who wins, and by how much?"},
	"class.open":         {ES: "Las predicciones se revelan después de medir.", EN: "The predictions are revealed after the measuring."},
	"class.closed":       {ES: "Predicciones cerradas.", EN: "Predictions are closed."},
	"class.revealed":     {ES: "Ahora cada navegador puede medir el mismo lote.", EN: "Now each browser can measure the same batch."},
	"class.predictions":  {ES: "predicciones", EN: "predictions"},
	"class.predicted":    {ES: "Lo que predijo la clase", EN: "What the class predicted"},
	"class.won":          {ES: "%s ✓", EN: "%s ✓"},
	"class.factor":       {ES: "Respecto al primer método, la clase predijo %s (mediana); medido, %s.", EN: "Against the first method the class predicted %s (median); measured, %s."},
	"class.factor.alone": {ES: "Respecto al primer método, medido: %s.", EN: "Against the first method, measured: %s."},
	"class.tie":          {ES: "Empate: las muestras no señalan a nadie.", EN: "A tie: the samples name nobody."},
	"class.winner":       {ES: "Lo más rápido: %s", EN: "The fastest: %s"},
	"class.chart":        {ES: "Cada navegador junto al servidor", EN: "Each browser beside the server"},
	"class.browsers":     {ES: "Navegadores (%d)", EN: "Browsers (%d)"},
	"class.shapes":       {ES: "Un punto por navegador: círculo, teléfono; cuadrado, ordenador; rombo, otro.", EN: "A dot for each browser: circle, phone; square, computer; diamond, other."},
	"class.shapes.mine":  {ES: "La estrella es este navegador.", EN: "The star is this browser."},
	"class.mine":         {ES: "usted: %s", EN: "you: %s"},
	"class.mine.row":     {ES: "%s (este navegador)", EN: "%s (this browser)"},
	"class.server":       {ES: "Servidor: %s", EN: "Server: %s"},
	"class.who":          {ES: "Quién", EN: "Who"},
	"class.time":         {ES: "Tiempo", EN: "Time"},
	"class.cores":        {ES: "Núcleos", EN: "Cores"},
	"class.simd":         {ES: "SIMD", EN: "SIMD"},

	"join.title":        {ES: "En clase", EN: "In class"},
	"join.loading":      {ES: "Entrando en la clase…", EN: "Joining the class…"},
	"join.waiting":      {ES: "Ya está dentro", EN: "You are in"},
	"join.waiting.more": {ES: "Cuando quien presenta avance, aparecerá aquí.", EN: "What the presenter shows will appear here."},
	"join.now":          {ES: "Ahora", EN: "Now"},
	"join.asked":        {ES: "Hay una pregunta nueva.", EN: "There is a new question."},
	"join.predict":      {ES: "Su predicción", EN: "Your prediction"},
	"join.who":          {ES: "%s: ¿quién gana?", EN: "%s: who wins?"},
	"join.factor":       {ES: "¿Cuántas veces más rápido que el primero de la lista?", EN: "How many times as fast as the first of the list?"},
	"join.send":         {ES: "Enviar la predicción", EN: "Send the prediction"},
	"join.sent":         {ES: "Predicción enviada.", EN: "Prediction sent."},
	"join.sent.button":  {ES: "Enviada ✓", EN: "Sent ✓"},
	"join.revise":       {ES: "Puede cambiarla hasta que se cierre.", EN: "You can change it until it is closed."},
	"join.closed":       {ES: "Predicciones cerradas: el servidor mide.", EN: "Predictions are closed: the server is measuring."},
	"join.mine":         {ES: "Usted predijo: %s, %s", EN: "You predicted: %s, %s"},
	"join.none":         {ES: "Esta vez no envió ninguna predicción.", EN: "You sent no prediction this time."},
	"join.right":        {ES: "✓ Acertó quién gana.", EN: "✓ You named the winner."},
	"join.wrong":        {ES: "✗ No era ese.", EN: "✗ It was not that one."},
	"join.here":         {ES: "El mismo lote en este navegador", EN: "The same batch in this browser"},
	"join.measure":      {ES: "Medir aquí", EN: "Measure here"},
	"join.measure.more": {ES: "Imágenes: %d, en un hilo de este navegador. Las fotografías se descargan antes de medir.", EN: "Images: %d, on one thread of this browser. The photographs are downloaded before the measuring."},
	"join.own":          {ES: "Este navegador: %s. Ya está en la gráfica.", EN: "This browser: %s. It is on the chart."},
	"join.reported":     {ES: "Resultado enviado.", EN: "Result sent."},
	"join.incomplete":   {ES: "Falló alguna imagen: este tiempo no se envía.", EN: "An image failed: this time is not sent."},
	"join.privacy":      {ES: "De este navegador se sabe el tipo de dispositivo y sus núcleos, y nada más.", EN: "Of this browser the kind of device and its cores are known, and nothing else."},
}
