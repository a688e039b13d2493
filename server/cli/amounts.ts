/** 1234567 → `1,234,567`. */
export function formatCount(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** `5,508 records`, `1 record`. */
export function formatCounted(count: number, noun: string): string {
  return `${formatCount(count)} ${noun}${count === 1 ? '' : 's'}`;
}

const BYTE_UNITS = ['kB', 'MB', 'GB', 'TB'];

/** In decimal units: 412 → `412 bytes`, 12604000 → `12.6 MB`. */
export function formatBytes(bytes: number): string {
  if (bytes < 1_000) return formatCounted(Math.round(bytes), 'byte');
  let amount = bytes;
  let unit = '';
  for (const next of BYTE_UNITS) {
    if (amount < 999.95) break;
    amount /= 1_000;
    unit = next;
  }
  return `${amount.toFixed(1)} ${unit}`;
}

/** `0.4 s`, `59.9 s`, `2 m 05 s`, `3 h 07 m`. */
export function formatDuration(ms: number): string {
  const seconds = ms / 1_000;
  if (seconds < 59.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 3_600) return `${Math.floor(whole / 60)} m ${String(whole % 60).padStart(2, '0')} s`;
  return `${Math.floor(whole / 3_600)} h ${String(Math.floor((whole % 3_600) / 60)).padStart(2, '0')} m`;
}

/** As a flag takes it, nothing lost: `60s`, `1500ms`. */
export function formatExactDuration(ms: number): string {
  return ms % 1_000 === 0 ? `${ms / 1_000}s` : `${ms}ms`;
}
