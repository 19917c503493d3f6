/**
 * Room in the pool of threads that resolve names and compress: Node's own four would all be held by four vendors whose name
 * servers hang. Must be loaded before anything uses the pool; whoever set the variable knows better.
 */
process.env.UV_THREADPOOL_SIZE ??= '16';
