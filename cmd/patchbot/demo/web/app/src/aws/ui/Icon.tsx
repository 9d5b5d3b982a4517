const paths = {
  check: "M3.5 8.5l3 3 6-7",
  cross: "M4 4l8 8M12 4l-8 8",
  alert: "M8 2.2l6.2 11H1.8zM8 6.4v3.1M8 11.4v.1",
  clock: "M8 1.8a6.2 6.2 0 1 0 0 12.4A6.2 6.2 0 0 0 8 1.8M8 4.6V8l2.3 1.6",
  question: "M5.8 6a2.2 2.2 0 1 1 3.3 1.9c-.8.5-1.1.8-1.1 1.7M8 11.8v.1",
  download: "M8 2v7.5M4.8 6.6L8 9.8l3.2-3.2M2.8 13.4h10.4",
  reload: "M13.2 8a5.2 5.2 0 1 1-1.5-3.7M13.4 2v2.8h-2.8",
  scan: "M7 2.5a4.5 4.5 0 1 0 0 9 4.5 4.5 0 0 0 0-9M10.3 10.3l3.4 3.4",
  power: "M8 1.8v6M4.4 4a5.4 5.4 0 1 0 7.2 0",
  dots: "M3.2 8h.1M8 8h.1M12.8 8h.1",
  copy: "M5.5 5.5h8v8h-8zM10.5 5.5v-3h-8v8h3",
  task: "M2.5 3.5h11v9h-11zM5 6.4L6.8 8 5 9.6M8.6 9.8h2.6",
  fork: "M8 1.8L14.2 8 8 14.2 1.8 8z",
  arrow: "M3 8h9.4M9 4.6L12.4 8 9 11.4",
  back: "M13 8H3.6M7 4.6L3.6 8 7 11.4",
  chevron: "M6 3.8L10.2 8 6 12.2",
  down: "M3.8 6L8 10.2 12.2 6",
  skip: "M3 3.6L8 8l-5 4.4zM8 3.6L13 8l-5 4.4zM13.6 3.6v8.8",
  mail: "M1.8 3.6h12.4v8.8H1.8zM2 4l6 4.8L14 4",
  loop: "M3 6.5h8.2a2.3 2.3 0 0 1 0 4.6H6M5.2 4L2.8 6.5 5.2 9",
  target: "M8 3.2a4.8 4.8 0 1 0 0 9.6 4.8 4.8 0 0 0 0-9.6M8 1v2.4M8 12.6V15M1 8h2.4M12.6 8H15",
  flag: "M3.8 14V2.4M3.8 3h8.4l-2 2.8 2 2.8H3.8",
  shield: "M8 1.8l5.2 1.9v3.8c0 3-2.1 5.5-5.2 6.7-3.1-1.2-5.2-3.7-5.2-6.7V3.7z",
} as const;

export type IconName = keyof typeof paths;

/** Icon never speaks: what it means always stands next to it, or in its button's name. */
export function Icon({ name, size = 16 }: { name: IconName; size?: number }) {
  return (
    <svg className="aws-icon" width={size} height={size} viewBox="0 0 16 16" aria-hidden="true" focusable="false">
      <path
        d={paths[name]}
        fill="none"
        stroke="currentColor"
        strokeWidth={name === "dots" ? 2.4 : 1.5}
        strokeLinecap="round"
        strokeLinejoin="round"
      />
    </svg>
  );
}
