package dev.outbox.sample.product.infra;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.data.redis.cache.RedisCache;
import org.springframework.data.redis.cache.RedisCacheConfiguration;
import org.springframework.data.redis.cache.RedisCacheWriter;
import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.data.redis.serializer.SerializationException;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * A cache in Redis that keeps nothing that was changed while it was loaded, and that may be away.
 *
 * <p>Each value is stored with the stamps that its key and its cache had before it was loaded, and is there only as long as they have these. An eviction gives
 * the key, or the cache, another stamp. So whoever loads a value, is overtaken by a change with its eviction, and stores the old value after that, stores
 * something that nobody gets. And all values are evicted by one command, without a search for their keys; what they take up is freed when they expire.
 *
 * <p>While Redis does not answer, values are loaded and not stored. An eviction that it does not confirm is made up for: before this process looks into the cache
 * again, it evicts everything. What is left is bounded by the time to live of the values: other processes that reach Redis while this one does not, a process that
 * ends between its commit and the eviction, a Redis that comes back with an old dump. Errors of Redis do not get out of here, unlike those that a
 * {@code CacheErrorHandler} hears of: an eviction runs after a commit, where an exception would tell the client that a change has failed which has not.
 *
 * <p>Within a transaction it is not asked and not filled: what a transaction sees may be older than the stamps.
 */
final class StampedCache extends RedisCache {
    /** Longer than a value that was loaded before can live. */
    static final Duration STAMP_TTL = Duration.ofHours(1);

    private static final Logger log = LoggerFactory.getLogger(StampedCache.class);

    private final StringRedisTemplate stamps;
    private final RedisBreaker redis;
    private volatile boolean evictionLost;

    StampedCache(
            String name,
            RedisCacheWriter writer,
            RedisCacheConfiguration configuration,
            StringRedisTemplate stamps,
            RedisBreaker redis) {
        super(name, writer, configuration);
        this.stamps = stamps;
        this.redis = redis;
    }

    /** What was found under a key, and the stamp that it has now. */
    private record Look(String stamp, @Nullable Object value) {}

    @Override
    @SuppressWarnings("unchecked") // what was stored for this key was loaded for it
    public <T> @Nullable T get(Object key, Callable<T> loader) {
        if (TransactionSynchronizationManager.isActualTransactionActive()) return loadCacheValue(key, loader);
        Optional<Look> look = redis.ask(() -> look(key));
        if (look.isPresent() && look.get().value() != null)
            return (T) look.get().value();
        T loaded = loadCacheValue(key, loader);
        look.ifPresent(before -> redis.tell(() -> super.put(key, new Stamped<>(before.stamp(), loaded))));
        return loaded;
    }

    @Override
    protected @Nullable Object lookup(Object key) {
        return redis.ask(() -> look(key)).map(Look::value).orElse(null);
    }

    @Override
    public void evict(Object key) {
        renew(stampKey(key));
        // nobody gets the value any more; this frees what it takes up
        redis.tell(() -> super.evict(key));
    }

    @Override
    public void clear() {
        renew(stampKey());
    }

    /**
     * As {@link #evict}, and fails where that would make up for it later: for those who can try again.
     *
     * @return false, because nobody knows whether there was something
     * @throws DataAccessResourceFailureException if Redis does not confirm it
     */
    @Override
    public boolean evictIfPresent(Object key) {
        requireConfirmed(renew(stampKey(key)), createCacheKey(key));
        redis.tell(() -> super.evict(key));
        return false;
    }

    /**
     * As {@link #clear}, and fails where that would make up for it later: for those who can try again.
     *
     * @return false, because nobody knows whether there was something
     * @throws DataAccessResourceFailureException if Redis does not confirm it
     */
    @Override
    public boolean invalidate() {
        requireConfirmed(renew(stampKey()), getName());
        return false;
    }

    private static void requireConfirmed(boolean confirmed, String what) {
        if (!confirmed) {
            throw new DataAccessResourceFailureException(
                    "Redis has not confirmed that %s is evicted. See to it that it runs where spring.data.redis.* says."
                            .formatted(what));
        }
    }

    @Override
    public void put(Object key, @Nullable Object value) {
        throw unsupported();
    }

    @Override
    public @Nullable ValueWrapper putIfAbsent(Object key, @Nullable Object value) {
        throw unsupported();
    }

    @Override
    public CompletableFuture<ValueWrapper> retrieve(Object key) {
        throw unsupported();
    }

    @Override
    public <T> CompletableFuture<T> retrieve(Object key, Supplier<CompletableFuture<T>> loader) {
        throw unsupported();
    }

    private static UnsupportedOperationException unsupported() {
        return new UnsupportedOperationException(
                "This cache has to know of a load before it begins. Use get(key, loader), as @Cacheable(sync = true) does.");
    }

    private Look look(Object key) {
        makeUpForLostEvictions();
        List<@Nullable String> now =
                Objects.requireNonNull(stamps.opsForValue().multiGet(List.of(stampKey(), stampKey(key))));
        String stamp = now.get(0) + ":" + now.get(1);
        return new Look(
                stamp, stored(key) instanceof Stamped<?> found && stamp.equals(found.stamp()) ? found.value() : null);
    }

    private @Nullable Object stored(Object key) {
        try {
            return super.lookup(key);
        } catch (SerializationException e) {
            log.warn("{} in Redis cannot be read; it is loaded anew: {}", createCacheKey(key), e.toString());
            return null;
        }
    }

    private void makeUpForLostEvictions() {
        if (!evictionLost) return;
        synchronized (this) {
            if (!evictionLost) return;
            stamp(stampKey());
            evictionLost = false;
        }
    }

    /** Whether Redis has confirmed it; if not, it is made up for. */
    private boolean renew(String stampKey) {
        if (redis.tell(() -> stamp(stampKey))) return true;
        synchronized (this) {
            evictionLost = true;
        }
        return false;
    }

    private void stamp(String stampKey) {
        stamps.opsForValue().set(stampKey, UUID.randomUUID().toString(), STAMP_TTL);
    }

    private String stampKey() {
        return "stamp:" + getName();
    }

    private String stampKey(Object key) {
        return "stamp:" + createCacheKey(key);
    }
}
