/** 75.2 → '1:15.20' */
export function clock(seconds: number): string {
  const hundredths = Math.round(seconds * 100);
  const minutes = Math.floor(hundredths / 6000);
  return `${minutes}:${((hundredths % 6000) / 100).toFixed(2).padStart(5, '0')}`;
}

export const times = (start: number, end: number): string => `${clock(start)} – ${clock(end)}`;
