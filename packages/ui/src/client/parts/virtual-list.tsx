import type { ComponentChildren, RefObject } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";

/** Rows beyond the edges that are drawn, so that scrolling shows no gap. */
const OVERSCAN = 6;

interface VirtualListProps {
  id: string;
  label: string;
  count: number;
  /** In pixels: the same for all, so that any row's place is known. */
  rowHeight: number;
  keyOf: (index: number) => string;
  render: (index: number) => ComponentChildren;
  /** Marks the row whose details are shown. */
  isSelected: (index: number) => boolean;
  onOpen: (index: number) => void;
  /** Grows with every row that came in at the top: what is being read stays where it is. */
  prepended?: number;
}

/** A list of any length of which only what is seen is drawn. It takes one stop of the Tab key, and arrows from there. */
export function VirtualList(props: VirtualListProps) {
  const { id, label, count, rowHeight, prepended = 0, onOpen } = props;
  const box = useRef<HTMLDivElement>(null);
  const [active, setActive] = useState(-1);
  const { top, height, measure } = useView(box, { count, rowHeight, prepended });
  const first = Math.max(0, Math.floor(top / rowHeight) - OVERSCAN);
  const last = Math.min(count, Math.ceil((top + height) / rowHeight) + OVERSCAN);
  const isDrawn = active >= first && active < last;
  const onKeyDown = (event: KeyboardEvent) => {
    const page = Math.max(1, Math.floor(height / rowHeight) - 1);
    const to = targetOf(event.key, active, page, count);
    if (to !== undefined) {
      const next = Math.max(0, Math.min(count - 1, to));
      setActive(next);
      bringIntoView(box.current as HTMLDivElement, next * rowHeight, rowHeight);
    } else if ((event.key === "Enter" || event.key === " ") && active >= 0) onOpen(active);
    else return;
    event.preventDefault();
  };
  return (
    <div
      ref={box}
      id={id}
      class="list"
      role="listbox"
      aria-label={label}
      tabIndex={0}
      aria-activedescendant={isDrawn ? `${id}-${active}` : undefined}
      onScroll={measure}
      onFocus={() => active < 0 && setActive(first === 0 ? 0 : first + OVERSCAN)}
      onKeyDown={onKeyDown}
    >
      <div class="rows" role="presentation" style={{ height: `${count * rowHeight}px` }}>
        {Array.from({ length: Math.max(0, last - first) }, (_, offset) => (
          <Row
            key={props.keyOf(first + offset)}
            list={props}
            index={first + offset}
            isActive={first + offset === active}
            onActive={setActive}
          />
        ))}
      </div>
    </div>
  );
}

interface RowProps {
  list: VirtualListProps;
  index: number;
  isActive: boolean;
  onActive: (index: number) => void;
}

function Row({ list, index, isActive, onActive }: RowProps) {
  const { id, count, rowHeight, isSelected, onOpen, render } = list;
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the list has the keys
    // biome-ignore lint/a11y/useFocusableInteractive: the list has the focus
    <div
      id={`${id}-${index}`}
      class={isActive ? "row active" : "row"}
      role="option"
      aria-selected={isSelected(index)}
      aria-posinset={index + 1}
      aria-setsize={count}
      style={{ height: `${rowHeight}px`, transform: `translateY(${index * rowHeight}px)` }}
      onClick={() => {
        onActive(index);
        onOpen(index);
      }}
    >
      {render(index)}
    </div>
  );
}

/** What of a list is seen, in pixels. */
function useView(
  box: RefObject<HTMLDivElement | null>,
  { count, rowHeight, prepended }: { count: number; rowHeight: number; prepended: number },
) {
  const [view, setView] = useState({ top: 0, height: 600 });
  const before = useRef(prepended);
  const measure = () => {
    if (box.current === null) return;
    const { scrollTop: top, clientHeight: height } = box.current;
    setView((known) => (known.top === top && known.height === height ? known : { top, height }));
  };
  useLayoutEffect(() => {
    const observer = new ResizeObserver(measure);
    observer.observe(box.current as HTMLDivElement);
    return () => observer.disconnect();
  }, []);
  useLayoutEffect(() => {
    const element = box.current as HTMLDivElement;
    const came = prepended - before.current;
    before.current = prepended;
    if (came > 0 && element.scrollTop > 0) element.scrollTop += came * rowHeight;
    measure();
  }, [prepended, count]);
  return { ...view, measure };
}

function bringIntoView(element: HTMLElement, top: number, height: number): void {
  const { scrollTop, clientHeight } = element;
  if (top < scrollTop) element.scrollTop = top;
  else if (top + height > scrollTop + clientHeight) element.scrollTop = top + height - clientHeight;
}

/** Where a key moves to; `undefined` for a key that does not move. */
function targetOf(key: string, from: number, page: number, count: number): number | undefined {
  const targets: Readonly<Record<string, number>> = {
    ArrowDown: from + 1,
    ArrowUp: from - 1,
    PageDown: from + page,
    PageUp: from - page,
    Home: 0,
    End: count - 1,
  };
  return Object.hasOwn(targets, key) ? targets[key] : undefined;
}
