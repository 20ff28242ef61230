import { serve } from '../serve';
import { VERSIONS } from './image-histogram';

serve(VERSIONS);
