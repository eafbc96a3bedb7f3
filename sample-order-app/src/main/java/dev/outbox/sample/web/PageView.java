package dev.outbox.sample.web;

import java.util.List;
import java.util.function.Function;
import org.springframework.data.domain.Page;

/**
 * One page of a list.
 *
 * @param page its number; the first one is 0
 * @param size how many entries a full page has
 * @param totalItems on all pages
 */
public record PageView<T>(List<T> items, int page, int size, long totalItems) {
    /** A page of what {@code view} makes of each entry. */
    public static <S, T> PageView<T> of(Page<S> page, Function<S, T> view) {
        return new PageView<>(
                page.stream().map(view).toList(), page.getNumber(), page.getSize(), page.getTotalElements());
    }
}
