package dev.outbox.test;

import org.apache.kafka.common.Uuid;

/**
 * The place of a broker in its cluster. Node 1 is also the controller, the only one.
 *
 * @param id the node's id, from 1 on
 * @param controllerPort the port on which node 1 listens as controller
 * @param clusterId what all nodes of a cluster have in common
 */
record ClusterNode(int id, int controllerPort, String clusterId) {

    private static final int CONTROLLER = 1;

    /** The only node of a new cluster. */
    static ClusterNode alone(int controllerPort) {
        return new ClusterNode(CONTROLLER, controllerPort, Uuid.randomUuid().toString());
    }

    /** Another node of the same cluster. */
    ClusterNode withId(int id) {
        return new ClusterNode(id, controllerPort, clusterId);
    }

    boolean isController() {
        return id == CONTROLLER;
    }

    /** Fixed voters allow the controller of a single node another port at the next start. */
    String voters() {
        return CONTROLLER + "@localhost:" + controllerPort;
    }
}
