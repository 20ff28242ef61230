import { serve } from '../serve';
import { VERSIONS } from './fedavg';

serve(VERSIONS);
