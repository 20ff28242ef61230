import type { InterfaceReport as Report } from '../../../domain/interface';
import { InterfaceReport } from './types';

export function reportNode({ severity, requiredBump, changes }: Report): InterfaceReport {
  return Object.assign(new InterfaceReport(), { severity, requiredBump, changes });
}
