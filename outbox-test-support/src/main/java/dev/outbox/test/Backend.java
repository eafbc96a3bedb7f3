package dev.outbox.test;

/** Runs one server: as child processes, or in a container. Callers see to it that only one thread at a time calls. */
interface Backend {

    /** The name or address under which clients on this machine reach the server. */
    String host();

    /** The port that clients use; it stays the same over restarts. */
    int port();

    /** Starts the server, for the first time or again, without waiting until clients can use it. */
    void start();

    /** Whether the server's processes exist. */
    boolean isRunning();

    /** Whether the server says of itself that it is ready; true when it does not say. */
    boolean saysReady();

    void pause();

    void resume();

    void kill();

    /** Ends the server in order. Does nothing when it is not running. */
    void stop();

    /** Frees what belongs to a stopped server, its temporary data included. */
    void release();

    /** The end of the server's log, for an error message. */
    String logTail();
}
