/**
 * A timer that lets what has already arrived be read first. A process that was held up (by its own work, or by SIGSTOP)
 * would otherwise find its election timeout over before it looked at the heartbeats that wait in its sockets.
 */
export function setPatientTimer(delayMs: number, fire: () => void): () => void {
  let arrived: NodeJS.Immediate | undefined;
  // Immediates run after the sockets were looked at.
  const timer = setTimeout(() => {
    arrived = setImmediate(fire);
  }, delayMs);
  return () => {
    clearTimeout(timer);
    clearImmediate(arrived);
  };
}
