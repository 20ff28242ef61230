import { serve } from '../serve';
import { VERSIONS } from './echo';

serve(VERSIONS);
