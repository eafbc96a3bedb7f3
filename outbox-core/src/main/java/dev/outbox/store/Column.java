package dev.outbox.store;

import java.util.List;
import java.util.function.Function;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/** One property of many rows as an array parameter, for {@code unnest}. */
final class Column {
    private Column() {}

    static <R, T extends @Nullable Object> T[] of(List<R> rows, IntFunction<T[]> array, Function<R, T> property) {
        return rows.stream().map(property).toArray(array);
    }
}
