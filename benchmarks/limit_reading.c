// What the kernel itself needs to be read: the requests of a snapshot, sent from C, their answers walked through.
// Usage: limit_reading FILE. A line of the file is the path of a network namespace, which the following requests are
// made in, or a request: the netlink protocol and the bytes in hexadecimal digits. Prints seconds.
#define _GNU_SOURCE
#include <err.h>
#include <fcntl.h>
#include <linux/netlink.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#ifndef NETLINK_GET_STRICT_CHK
#define NETLINK_GET_STRICT_CHK 12
#endif

enum { LARGEST = 1 << 16, KINDS = 128 };

struct step {
  char *path;  // of the namespace to enter, or NULL for a request
  int protocol;
  unsigned char *bytes;
  size_t size, messages;
};

static struct step *steps;
static size_t known;
static unsigned long seen;  // printed, so that the answers have to be looked at

static void read_file(const char *name) {
  FILE *file = fopen(name, "r");
  char *line = NULL;
  size_t room = 0;
  if (!file) err(1, "%s", name);
  while (getline(&line, &room, file) > 0) {
    line[strcspn(line, "\n")] = 0;
    steps = realloc(steps, (known + 1) * sizeof *steps);
    struct step *step = &steps[known++];
    memset(step, 0, sizeof *step);
    if (*line == '/') {
      step->path = strdup(line);
      continue;
    }
    char *digits = strchr(line, ' ') + 1;
    step->protocol = atoi(line);
    step->size = strlen(digits) / 2;
    step->bytes = calloc(1, step->size);
    for (size_t i = 0; i < step->size; i++) sscanf(digits + 2 * i, "%2hhx", &step->bytes[i]);
    for (size_t at = 0; at < step->size; at += NLMSG_ALIGN(((struct nlmsghdr *)(step->bytes + at))->nlmsg_len))
      step->messages++;
  }
  free(line);
  fclose(file);
}

static int open_socket(int protocol) {
  int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, protocol), on = 1;
  if (fd < 0) err(1, "socket");
  if (protocol == NETLINK_ROUTE && setsockopt(fd, SOL_NETLINK, NETLINK_GET_STRICT_CHK, &on, sizeof on))
    err(1, "setsockopt");
  return fd;
}

// Find every attribute of a message, as a program must that wants some of them.
static void walk(const struct nlmsghdr *message, size_t header) {
  const char *attributes[KINDS] = {0};
  const char *place = (const char *)message + NLMSG_HDRLEN + NLMSG_ALIGN(header);
  const char *end = (const char *)message + message->nlmsg_len;
  while (end - place >= NLA_HDRLEN) {
    const struct nlattr *attribute = (const struct nlattr *)place;
    if (attribute->nla_len < NLA_HDRLEN) break;
    int kind = attribute->nla_type & NLA_TYPE_MASK;
    if (kind < KINDS) attributes[kind] = place + NLA_HDRLEN;
    place += NLA_ALIGN(attribute->nla_len);
  }
  for (int kind = 0; kind < KINDS; kind++)
    if (attributes[kind]) seen += (unsigned char)attributes[kind][0];
}

static void ask(int fd, const struct step *step) {
  static char answers[LARGEST];
  const struct nlmsghdr *request = (const struct nlmsghdr *)step->bytes;
  int dumped = (request->nlmsg_flags & NLM_F_DUMP) == NLM_F_DUMP;
  size_t left = step->messages;
  if (send(fd, step->bytes, step->size, 0) < 0) err(1, "send");
  while (left) {
    ssize_t size = recv(fd, answers, sizeof answers, 0);
    if (size < 0) err(1, "recv");
    for (struct nlmsghdr *one = (struct nlmsghdr *)answers; NLMSG_OK(one, size); one = NLMSG_NEXT(one, size)) {
      if (one->nlmsg_type == NLMSG_ERROR && ((struct nlmsgerr *)NLMSG_DATA(one))->error)
        errx(1, "netlink: %s", strerror(-((struct nlmsgerr *)NLMSG_DATA(one))->error));
      if (one->nlmsg_type == NLMSG_DONE || !dumped) left--;
      if (one->nlmsg_type != NLMSG_DONE) walk(one, request->nlmsg_len - NLMSG_HDRLEN);
    }
  }
}

int main(int count, char **words) {
  if (count != 2) errx(2, "usage: limit_reading FILE");
  read_file(words[1]);
  struct timespec began, ended;
  clock_gettime(CLOCK_MONOTONIC, &began);
  int fd = -1, protocol = -1;
  for (size_t i = 0; i < known; i++) {
    struct step *step = &steps[i];
    if (step->path || step->protocol != protocol) {
      if (fd >= 0) close(fd);
      fd = protocol = -1;
    }
    if (step->path) {
      int file = open(step->path, O_RDONLY | O_CLOEXEC);
      if (file < 0 || setns(file, CLONE_NEWNET)) err(1, "%s", step->path);
      close(file);
      continue;
    }
    if (fd < 0) fd = open_socket(protocol = step->protocol);
    ask(fd, step);
  }
  clock_gettime(CLOCK_MONOTONIC, &ended);
  printf("%.6f\n", (ended.tv_sec - began.tv_sec) + (ended.tv_nsec - began.tv_nsec) * 1e-9);
  fprintf(stderr, "%lu\n", seen);
  return 0;
}
