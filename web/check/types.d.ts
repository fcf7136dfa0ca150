// The JSON that Go hands the page's scripts: a type here for each there, with its
// name and its fields, to which a test holds them. Beneath, what the scripts find
// in a browser that is not the browser's own.

interface TimelineSpan {
  stage: string;
  filter?: string;
  task: number;
  attempt?: number;
  start_s: number;
  end_s: number;
  cpu_s?: number;
  queued_s?: number;
  blocked_s?: number;
  lock_s?: number;
  touch_s?: number;
}

interface TimelineLane {
  worker: number;
  process_id: number;
  device?: string;
  kind?: string;
  clock_error_s?: number;
  spans: TimelineSpan[];
}

interface Timeline {
  method: string;
  wall_s: number;
  lanes: TimelineLane[];
}

interface LanesEvent {
  seq: number;
  method: string;
  phase: string;
  round: number;
  first?: boolean;
  workers: number;
  now_s: number;
  over?: boolean;
  lanes: TimelineLane[];
}

interface Race {
  lang: string;
  max: number;
  words: Record<string, string>;
  stages: Record<string, string>;
  ways: Record<string, string>;
  images: string[];
  methods: Timeline[];
}

interface Growth {
  method: string;
  now: number;
  moving: boolean;
}

interface Charts {
  lang: string;
  axis: string;
  charts: Chart[];
}

interface Chart {
  title: string;
  unit: string;
  x: number[];
  lines: Line[];
  marks?: number[];
  beyond?: number;
}

interface Line {
  label: string;
  method: string;
  law?: "amdahl" | "usl";
  values: (number | null)[];
  low?: (number | null)[];
  high?: (number | null)[];
}

interface Picture {
  file: string;
  settings: string;
  title: string;
  lines: string[];
  rows: PictureRow[];
  max: number;
  ticks: Tick[];
  legend: Key[];
  foot: string[];
}

interface PictureRow {
  method: string;
  title: string;
  shape: string;
  time: string;
  spread: string;
  end: number;
  height: number;
  lanes: TimelineLane[];
}

interface Tick {
  at: number;
  text: string;
}

interface Key {
  name: string;
  text: string;
}

interface Screen {
  parts: Record<string, string>;
  run?: string;
  race?: Race;
  left_s?: number;
}

/** vendor/uplot, as far as it is used. */
declare class uPlot {
  constructor(options: object, columns: (number | null)[][], place: HTMLElement);
  cursor: { idx?: number | null };
  ctx: CanvasRenderingContext2D;
  bbox: { left: number; top: number; width: number; height: number };
  valToPos(value: number, scale: string, onCanvas: boolean): number;
  destroy(): void;
}

/** gen/wasm_exec.js */
declare class Go {
  importObject: WebAssembly.Imports;
  run(instance: WebAssembly.Instance): Promise<void>;
}

/** What wasm/compute answers by the type of a message, and what it is told of its start. */
declare var carriles: Record<string, (data: object) => void>;
declare var carrilesStart: { compile: number; instantiate: number };
declare function importScripts(...urls: string[]): void;
