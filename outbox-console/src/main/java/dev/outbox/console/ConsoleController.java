package dev.outbox.console;

/** A controller of this API: what its paths begin with and how its errors are told goes for these and for no others. */
interface ConsoleController {}
