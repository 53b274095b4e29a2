import type { RegistryStatusAnswer } from "../../shared/answers.ts";
import { bytes, number } from "../state/format.ts";

/** How full a registry item is, against the 400 KB that DynamoDB allows. */
export function SizeBar({ value, limit }: { value: number; limit: number }) {
  const share = Math.min(1, value / limit);
  const label = `${bytes(value)} of ${bytes(limit)}`;
  return (
    <svg
      class={share > 0.8 ? "bar near" : "bar"}
      viewBox="0 0 100 4"
      preserveAspectRatio="none"
      role="img"
      aria-label={label}
    >
      <rect class="bar-track" width="100" height="4" />
      {share > 0 && <rect class="bar-fill" width={Math.max(0.6, share * 100)} height="4" />}
    </svg>
  );
}

/** The same for every shard, side by side. */
export function ShardBars({ status }: { status: RegistryStatusAnswer }) {
  const { shards, limitBytes } = status;
  if (shards.length < 2) return null;
  const fullest = shards.reduce((best, each) => (each.bytes > best.bytes ? each : best));
  const label = `${shards.length} shards; the fullest, ${fullest.shard}, holds ${number(fullest.names)} names in ${bytes(fullest.bytes)}`;
  return (
    <figure class="shards">
      <svg viewBox={`0 0 ${shards.length * 10} 40`} preserveAspectRatio="none" role="img" aria-label={label}>
        {shards.map(({ shard, bytes: size }) => {
          const height = size === 0 ? 0 : Math.max(1, (size / limitBytes) * 40);
          return (
            <g key={shard}>
              <rect class="bar-track" x={shard * 10 + 1} width="8" height="40" />
              <rect class="bar-fill" x={shard * 10 + 1} y={40 - height} width="8" height={height} />
            </g>
          );
        })}
      </svg>
      <figcaption>{`${label}.`}</figcaption>
    </figure>
  );
}
