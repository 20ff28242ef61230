import { serve } from '../serve';
import { VERSIONS } from './ensemble';

serve(VERSIONS);
