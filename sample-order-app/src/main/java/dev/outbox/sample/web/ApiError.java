package dev.outbox.sample.web;

import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import java.util.List;

/**
 * The body of every answer that is an error.
 *
 * @param path of the request, without its query
 * @param code for programs; never changes
 * @param message for people
 * @param details what exactly is wrong with which part of the request; empty where there is nothing to add
 */
public record ApiError(
        Instant timestamp,
        @Schema(example = "/api/v1/orders") String path,
        @Schema(example = "VALIDATION_ERROR") String code,
        String message,
        List<Detail> details) {
    /**
     * One thing that is wrong.
     *
     * @param field the place in the request, such as {@code items[0].quantity}
     * @param problem what is wrong with it
     */
    public record Detail(String field, String problem) {}
}
