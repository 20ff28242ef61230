import { serve } from '../serve';
import { VERSIONS } from './biomarkers';

serve(VERSIONS);
