import { serve } from '../serve';
import { VERSIONS } from './csv-statistics';

serve(VERSIONS);
