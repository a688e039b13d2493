/**
 * Whom a fault strikes, decided when it strikes: by role, so that a schedule keeps its meaning when another fault is
 * taken out of it, or by number (0, 1, 2 …).
 */
export type Target =
  | { readonly replica: number }
  /** The replica that last said it leads, in the highest term. */
  | { readonly role: 'leader' }
  /** The `order`-th (0, 1 …) of the running replicas that do not lead. */
  | { readonly role: 'follower'; readonly order: number }
  /** One that stands for election, else the leader. */
  | { readonly role: 'candidate' }
  /** Whoever did what the fault waited for. */
  | { readonly role: 'trigger' };

export function describeTarget(target: Target): string {
  if ('replica' in target) return `replica-${target.replica + 1}`;
  switch (target.role) {
    case 'follower':
      return `follower ${target.order}`;
    case 'trigger':
      return 'whoever did it';
    case 'leader':
    case 'candidate':
      return `the ${target.role}`;
  }
}
