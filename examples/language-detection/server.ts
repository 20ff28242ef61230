import { serve } from '../serve';
import { VERSIONS } from './language-detection';

serve(VERSIONS);
