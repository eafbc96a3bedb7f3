package dev.outbox.console;

/** A part of a request is not what it has to be. */
final class InvalidRequestException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String field;
    private final String detail;

    /**
     * @param field the name of the part
     * @param detail says what is wrong with it and what is allowed
     */
    InvalidRequestException(String field, String detail) {
        super(field + ": " + detail);
        this.field = field;
        this.detail = detail;
    }

    String field() {
        return field;
    }

    String detail() {
        return detail;
    }
}
