/* The front ends of a device in one poll() loop and real time: raw TCP as printers have on port
 * 9100, USB/IP on TCP, a USB port of this machine (vhci_hcd), orders from a FIFO or a socket,
 * pictures of what is cut off, and a file for NV memory. What it is good for stands in
 * docs/virtual.md. */
#ifndef BONBON_DEVICE_SERVE_H
#define BONBON_DEVICE_SERVE_H

#include "device/usbip.h"

struct serve_options {
    struct device_options device; /* its watch is set by serve(); network too */
    struct usb_identity usb;
    const char *listen;  /* "tcp:9100", "tcp:ADDRESS:9100", port 0 for any; loopback when no address
                            is said; NULL: none */
    const char *usbip;   /* "3240", "ADDRESS:3240"; the same */
    bool attach;         /* to this machine's vhci_hcd */
    const char *png_dir; /* receipt-000001.png, … for each piece of paper; NULL: none */
    const char *text_dir; /* receipt-000001.txt */
    const char *control;  /* a FIFO that is there, or a socket that is made; NULL: none */
    const char *script;   /* a file of orders; NULL: none */
    const char *nv;       /* a file for NV memory; NULL: none */
    int stop_fd;          /* ends when it becomes readable */
    /* What happens, in words, one line each. */
    void *ctx;
    void (*say)(void *ctx, const char *words);
};

/* Runs until stop_fd; false when it could not begin (ERR_DEVICE_LISTEN, ERR_DEVICE_ATTACH, …), or a
 * picture or the NV file could not be written at the end. */
bool serve(const struct serve_options *options, struct err *err);

#endif
