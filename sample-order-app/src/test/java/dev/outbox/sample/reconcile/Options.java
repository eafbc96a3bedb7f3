package dev.outbox.sample.reconcile;

import java.util.List;

/**
 * How much a reconciliation does.
 *
 * @param orders that customers place
 * @param kills of processes of the shop, over all roles
 * @param seed what is done, and when, in numbers of orders; the threads' races are not in it
 * @param dedup whether consumers remember what they have handled; without that the books must not agree
 */
record Options(int orders, int kills, long seed, boolean dedup) {
    private static final String USAGE = "reconcile [--orders N] [--kills N] [--seed N] [--without-dedup]";

    Options {
        if (orders < 100 || orders > 1_000_000) throw wrong("--orders is from 100 to 1000000");
        if (kills < 0 || kills > orders / 50) throw wrong("--kills is from 0 to one for each 50 orders");
    }

    /** @throws IllegalArgumentException with a sentence for whoever has written them */
    static Options of(String... arguments) {
        int orders = 3000;
        int kills = 9;
        long seed = 1;
        boolean dedup = true;
        List<String> left = List.of(arguments);
        while (!left.isEmpty()) {
            String name = left.get(0);
            boolean isFlag = name.equals("--without-dedup");
            if (isFlag) dedup = false;
            else if (left.size() < 2) throw wrong(name + " needs a number");
            else if (name.equals("--orders")) orders = (int) number(name, left.get(1));
            else if (name.equals("--kills")) kills = (int) number(name, left.get(1));
            else if (name.equals("--seed")) seed = number(name, left.get(1));
            else throw wrong("there is no option " + name);
            left = left.subList(isFlag ? 1 : 2, left.size());
        }
        return new Options(orders, kills, seed, dedup);
    }

    private static long number(String name, String value) {
        try {
            return Long.parseLong(value);
        } catch (NumberFormatException e) {
            throw wrong("%s is a number, not '%s'".formatted(name, value));
        }
    }

    private static IllegalArgumentException wrong(String problem) {
        return new IllegalArgumentException("%s. Usage: %s".formatted(problem, USAGE));
    }
}
