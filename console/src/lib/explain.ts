/** A problem as a sentence on what happened, and one on what to do next. */
import { text } from '../text';
import type { Problem } from './api';

export function explain(problem: Problem): { what: string; next: string } {
  const { by_code, by_status, other } = text.problems;
  if (Object.hasOwn(by_code, problem.code)) return by_code[problem.code as keyof typeof by_code];
  if (problem.status === 429 && problem.retry_after_s) return by_status.throttled(problem.retry_after_s);
  if (Object.hasOwn(by_status.fixed, problem.status)) {
    return by_status.fixed[problem.status as keyof typeof by_status.fixed];
  }
  return other(problem.status);
}
