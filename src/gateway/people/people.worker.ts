import { serve } from '#gateway/log/sqlite/worker-server.ts';
import { createPeopleOps, type PeopleOps } from './people-writer.ts';

serve<PeopleOps>(createPeopleOps());
