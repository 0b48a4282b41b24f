import fc from 'fast-check';

// One commit gives one answer: `npm test` tries the same cases every time, `npm run test:properties` looks for new ones.
fc.configureGlobal({ seed: Number(process.env.AIRLOCK_TEST_SEED ?? '20261122') });
